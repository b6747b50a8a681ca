using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.State;

/// <summary>The result of a command in short: with the state it gives the answer, the first time and at each repeat of its name.</summary>
/// <param name="Kind">Which answer it is.</param>
/// <param name="Message">The user message, where there is one.</param>
/// <param name="Refusal">The answer itself, where it is a refusal: one of <see cref="RefusalKind"/>.</param>
internal readonly record struct Outcome(OutcomeKind Kind, MessageId? Message = null, object? Refusal = null);

/// <summary>The answers of commands that would change something.</summary>
internal enum OutcomeKind
{
    /// <summary>The session is there.</summary>
    Created,

    /// <summary>Its info is changed.</summary>
    Updated,

    /// <summary>It is gone.</summary>
    Deleted,

    /// <summary>It is closed, and going to be deleted.</summary>
    DeleteBegun,

    /// <summary>A prompt or a command of the user's is taken.</summary>
    Accepted,

    /// <summary>No turn is open.</summary>
    Aborted,

    /// <summary>A permission or a question is answered.</summary>
    Answered,

    /// <summary>A message or a part is changed or removed.</summary>
    HistoryEdited,

    /// <summary>The command was refused for good, and has changed nothing.</summary>
    Refused,
}

/// <summary>A name whose command was executed, or refused.</summary>
/// <param name="Outcome">Its outcome.</param>
/// <param name="At">When, in milliseconds of the epoch, by the clock of the node where it was.</param>
internal readonly record struct DoneName(Outcome Outcome, long At);

/// <summary>The rest of a session that a named command deleted, so that a late copy of any command finds it deleted and never creates it again.</summary>
/// <param name="Name">The name of the deletion.</param>
/// <param name="At">When, in milliseconds of the epoch, by the clock of the node where it was.</param>
internal sealed record Tombstone(string Name, long At)
{
    /// <summary>How long it is kept, in milliseconds: an hour, and the largest difference of two nodes' clocks.</summary>
    public const long KeptMs = 2 * 3_600_000;
}
