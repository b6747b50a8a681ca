using Akka.Event;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>A run of the log, as the index takes it in.</summary>
/// <param name="After">The offset behind which it begins.</param>
/// <param name="Through">The offset up to which it goes.</param>
/// <param name="Happenings">What happened there.</param>
internal sealed record LogPage(long After, long Through, IReadOnlyList<Happening> Happenings) : IDeadLetterSuppression;

/// <summary>The log was trimmed faster than it was followed: the index has to be read anew. The last that a follower says.</summary>
internal sealed record LogTrimmed : IDeadLetterSuppression
{
    private LogTrimmed()
    {
    }

    /// <summary>Gets the one instance.</summary>
    public static LogTrimmed Instance { get; } = new();
}
