using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Protocol.Messages;

/// <summary>A prompt, a shell command or a summary's request.</summary>
/// <param name="Id">The message's id.</param>
/// <param name="SessionId">The session it belongs to.</param>
/// <param name="Time">When it was made.</param>
/// <param name="Agent">The agent that is to answer.</param>
/// <param name="Model">The model that is to answer.</param>
public sealed record UserMessage(MessageId Id, SessionId SessionId, MessageTime Time, string Agent, ModelRef Model) : Message(Id, SessionId, Time)
{
    /// <summary>The role on the wire.</summary>
    public const string RoleName = "user";

    /// <inheritdoc/>
    public override string Role => RoleName;

    /// <summary>Gets what the turn changed.</summary>
    public UserMessageSummary? Summary { get; init; }

    /// <summary>Gets a system prompt for this turn.</summary>
    public string? System { get; init; }

    /// <summary>Gets tools switched on or off for this turn.</summary>
    public IReadOnlyDictionary<string, bool>? Tools { get; init; }

    /// <summary>Gets the form of the answer; null for text.</summary>
    public OutputFormat? Format { get; init; }
}

/// <summary>What the turn of a user message changed.</summary>
/// <param name="Diffs">The files changed.</param>
public sealed record UserMessageSummary(IReadOnlyList<FileDiff> Diffs)
{
    /// <summary>Gets a short title.</summary>
    public string? Title { get; init; }

    /// <summary>Gets a longer text.</summary>
    public string? Body { get; init; }
}
