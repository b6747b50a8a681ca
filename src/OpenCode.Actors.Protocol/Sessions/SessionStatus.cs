using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Converters;

namespace OpenCode.Actors.Protocol.Sessions;

/// <summary>What a session does at the moment.</summary>
[JsonConverter(typeof(SessionStatusConverter))]
public abstract record SessionStatus
{
    /// <summary>Gets the status of a session without a turn. <c>GET /session/status</c> leaves it out.</summary>
    public static SessionStatus Idle { get; } = new IdleStatus();

    /// <summary>Gets the status of a session with a live run.</summary>
    public static SessionStatus Busy { get; } = new BusyStatus();

    /// <summary>Gets the tag on the wire.</summary>
    public abstract string Type { get; }
}

/// <summary>No turn.</summary>
public sealed record IdleStatus : SessionStatus
{
    /// <inheritdoc/>
    public override string Type => "idle";
}

/// <summary>A turn with a live run.</summary>
public sealed record BusyStatus : SessionStatus
{
    /// <inheritdoc/>
    public override string Type => "busy";
}

/// <summary>A turn whose model failed and is asked again later.</summary>
/// <param name="Attempt">Failures so far, from 1.</param>
/// <param name="Message">What the provider said.</param>
/// <param name="Next">When it is asked again, in milliseconds of the epoch.</param>
public sealed record RetryStatus(int Attempt, string Message, long Next) : SessionStatus
{
    /// <inheritdoc/>
    public override string Type => "retry";
}

internal sealed class SessionStatusConverter() : TaggedConverter<SessionStatus>(
    "type",
    ("idle", typeof(IdleStatus)),
    ("busy", typeof(BusyStatus)),
    ("retry", typeof(RetryStatus)));
