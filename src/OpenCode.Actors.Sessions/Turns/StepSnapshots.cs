using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.History;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Records the snapshots before and after each step, with the files that the step changed.</summary>
internal static class StepSnapshots
{
    /// <summary>Returns the order for the snapshot that ends a step; null when none is needed: the step began without one, or no tool ran.</summary>
    /// <param name="decision">The decision.</param>
    /// <param name="message">The message of the step.</param>
    /// <param name="run">The run of the turn that waits for it; none when the turn is closed.</param>
    public static TakeStepSnapshot? After(Decision decision, MessageState message, RunId run) =>
        decision.Setup.Snapshots is not null && SnapshotPlace.Of(decision.Info) is { } place && StartOf(message) is { } from && message.Parts.Exists(static part => part is ToolPart)
            ? new TakeStepSnapshot(run, message.Info.Id, place, WorkOf(decision, message, from))
            : null;

    /// <summary>Returns the snapshot that a step began with; null for none.</summary>
    public static string? StartOf(MessageState message) => message.Parts.OfType<StepStartPart>().LastOrDefault()?.Snapshot;

    /// <summary>Has the step of the open turn begin with the files as its first tool finds them.</summary>
    public static void BeginAgain(Decision decision, string snapshot)
    {
        if (decision.Assistant.Parts.OfType<StepStartPart>().LastOrDefault() is { } start && start.Snapshot != snapshot)
            decision.Put(start with { Snapshot = snapshot });
    }

    /// <summary>Adds what a step changed to its message, its prompt and the session.</summary>
    public static void Note(Decision decision, MessageId message, string from, StepFiles? files)
    {
        if (files is not { Files.Count: > 0 } || decision.State.Message(message) is not { Info: AssistantMessage answer })
            return;

        decision.Put(new PatchPart(decision.NextPart(), decision.Id, message, from, files.Files));
        if (decision.State.Message(answer.ParentId)?.Info is not UserMessage asked)
            return;

        decision.Put(asked with { Summary = (asked.Summary ?? new UserMessageSummary([])) with { Diffs = Changes.Cut(files.Diffs) } });
        Changes.Note(decision);
    }

    // What the user sees of a prompt is all that came of it: from the first step on that answers it.
    private static StepWork WorkOf(Decision decision, MessageState message, string from)
    {
        var parent = (message.Info as AssistantMessage)?.ParentId;
        var steps = decision.State.Messages.Where(other => other != message && other.Info is AssistantMessage answer && answer.ParentId == parent).ToList();
        var known = steps.TrueForAll(static step => !step.Parts.Exists(static part => part is ToolPart) || step.Parts.Exists(static part => part is StepFinishPart { Snapshot: not null }));
        return new StepWork(
            from,
            steps.Select(StartOf).FirstOrDefault(static start => start is not null) ?? from,
            ToolFiles.Of(decision, message),
            known ? [.. steps.SelectMany(static step => step.Parts).OfType<PatchPart>().SelectMany(static patch => patch.Files)] : null);
    }
}
