using System.Collections.Immutable;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Runs;

namespace OpenCode.Actors.Sessions.State;

/// <summary>What the turn began with.</summary>
internal enum TurnKind
{
    /// <summary>A prompt: a model answers.</summary>
    Prompt,

    /// <summary>A command of the user's own.</summary>
    Shell,

    /// <summary>A prompt whose task is being done by a child: a model answers after it.</summary>
    Subtask,
}

/// <summary>The turn that is open: from the first prompt to idle, with every prompt that came meanwhile.</summary>
/// <param name="Kind">What it began with.</param>
/// <param name="Run">The run that drives it; reports of any other are dropped. Not durable.</param>
/// <param name="Prompts">The user messages of the turn, in the order in which they were taken.</param>
/// <param name="Taken">How many of them the run has taken up; the rest waits for the next step.</param>
/// <param name="Assistant">The assistant message that is being made.</param>
internal sealed record TurnState(TurnKind Kind, RunId Run, ImmutableList<MessageId> Prompts, int Taken, MessageId Assistant)
{
    /// <summary>Gets the part that is being streamed into. Durable by its row and the deltas after it.</summary>
    public OpenText? Open { get; init; }

    /// <summary>Gets how the model's stream of this step ended; null while it goes on.</summary>
    public StreamEnd? Stream { get; init; }

    /// <summary>Gets a value indicating whether the user refused a tool of this step without feedback: the turn ends with the step.</summary>
    public bool Rejected { get; init; }

    /// <summary>Gets a value indicating whether no node runs it: the session's next owner resumes it (rule "Running turns are not moved").</summary>
    public bool IsHeld { get; init; }

    /// <summary>Gets the snapshot of the files that the turn has last; null when there is none. Not durable.</summary>
    public string? Snapshot { get; init; }

    /// <summary>Gets a value indicating whether the step has ended but for its snapshot. Not durable: a turn that stands still here was not ended.</summary>
    public bool IsTakingSnapshot { get; init; }

    /// <summary>Gets a value indicating whether the turn, none of which ran on a node that drains, is held once the snapshot of its step is taken. Not durable.</summary>
    public bool IsToHold { get; init; }

    /// <summary>Gets the commands that prompts of this turn were made from: each is published as executed when the turn is over.</summary>
    public ImmutableList<CommandCall> Commands { get; init; } = [];

    /// <summary>Gets the user's grants to calls of this step that were about to start when the turn was held: they are judged again without a second request.</summary>
    public IReadOnlyList<Grant> Granted { get; init; } = [];

    /// <summary>Gets how many prompts wait.</summary>
    public int Queued => Prompts.Count - Taken;

    /// <summary>Gets the user message that the current step answers.</summary>
    public MessageId Asked => Prompts[Taken - 1];
}

/// <summary>How a model's stream ended.</summary>
internal sealed record StreamEnd(FinishReason Reason, TokenUsage Usage);

/// <summary>What a user granted to one call.</summary>
internal sealed record Grant(string CallId, string Permission, IReadOnlyList<string> Patterns);
