using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions.History;

/// <summary>Undoes messages: they stay, marked, until they are brought back or the next prompt removes them. The files that they changed are restored (rule "An undo is whole").</summary>
internal static class Undoing
{
    private const string WithoutFiles = "Files stay as they are where there is no snapshot of them. Snapshots need a git repository, and 'snapshot' of the configuration not to be false.";
    private const string OfUser = "What commands and tasks that you gave yourself changed in files is not undone: no snapshot is taken for them.";

    /// <summary>Plans an undo, on a session without an open turn.</summary>
    /// <returns>Null when the message or the part is not there.</returns>
    public static UndoPlan? Plan(SessionState state, ISessionCommand command, IToolbox toolbox)
    {
        var before = state.Info!.Revert is { Snapshot: not null } undone ? Changing(KnownFrom(state, undone)) : [];
        if (command is not Revert revert)
            return new UndoPlan(null, null, state.Info.Revert?.Snapshot, [], before);
        if (Find(state, revert) is not { } from)
            return null;

        var steps = KnownFrom(state, from);
        var since = steps.Find(step => step.Message.Parts.Exists(part => part is ToolPart tool && Changes.MayBeOf(tool, toolbox))).Message?.Info.Time.Created;
        return new UndoPlan(from.MessageId.Value, from.PartId?.Value, state.Info.Revert?.Snapshot, Changing(steps), before, since);
    }

    /// <summary>Undoes the messages of a plan, or brings them back, after its files were restored.</summary>
    public static Outcome Decide(Decision decision, UndoPlan plan, RestoreOutcome? files)
    {
        decision.EndUndo();
        var revert = plan.Message is not { } message ? null : new SessionRevert(new MessageId(message)) { PartId = plan.Part is { } part ? new PartId(part) : null, Snapshot = plan.Snapshot, Diff = files?.Diff };
        if (revert != decision.Info.Revert)
            decision.Update(decision.Info with { Revert = revert, Time = decision.Info.Time with { Updated = decision.Now } });

        Changes.Note(decision);
        List<string> problems = files?.Problem is { } problem ? [problem] : [];
        if (revert is not null)
            problems.AddRange(Unkept(decision, revert));
        if (problems.Count > 0)
            decision.Emit(new ToastShown(string.Join(' ', problems), "warning"));
        return new Outcome(OutcomeKind.Updated);
    }

    /// <summary>Removes the undone messages, if there are any: the session continues from there.</summary>
    public static void Settle(Decision decision)
    {
        if (decision.Info.Revert is not { } revert)
            return;

        var undone = decision.State.Messages.SkipWhile(message => message.Info.Id != revert.MessageId).ToList();
        foreach (var message in revert.PartId is null ? undone : undone.Skip(1))
            decision.Remove(message.Info.Id);
        if (revert.PartId is { } first && undone is [var cut, ..])
        {
            foreach (var part in cut.Parts.SkipWhile(part => part.Id != first))
                decision.Remove(cut.Info.Id, part.Id);
        }

        decision.Update(decision.Info with { Revert = null });
    }

    // Where something is left of a message it is cut at the part. Else what the user asked for is undone as a whole: its answers alone would make no sense.
    private static SessionRevert? Find(SessionState state, Revert command)
    {
        MessageId? asked = null;
        foreach (var message in state.Messages)
        {
            if (message.Info is UserMessage)
                asked = message.Info.Id;
            var part = command.PartId is { } named ? message.Parts.FindIndex(known => known.Id == named) : -1;
            if (part < 0 && (command.PartId is not null || message.Info.Id != command.MessageId))
                continue;

            return part >= 0 && message.Parts.Take(part).Any(static kept => kept is TextPart or ToolPart)
                ? new SessionRevert(message.Info.Id) { PartId = command.PartId }
                : new SessionRevert(asked ?? message.Info.Id);
        }

        return null;
    }

    private static List<StepChange> Changing(List<(MessageState Message, StepChange Change)> steps) => [.. steps.Select(static step => step.Change).Where(static change => change.From != change.To && change.Files is not [])];

    // The steps of which the snapshots say what they did.
    private static List<(MessageState Message, StepChange Change)> KnownFrom(SessionState state, SessionRevert from)
    {
        var steps = new List<(MessageState, StepChange)>();
        string? next = null;
        long? asked = null; // when the first prompt between a step and the next one came
        foreach (var message in state.Messages.SkipWhile(message => message.Info.Id != from.MessageId).Reverse())
        {
            if (message.Info is not AssistantMessage answer)
            {
                asked = message.Info.Time.Created;
                continue;
            }

            // Between two turns the files are the user's. A prompt that came before a step ended was taken up by the turn of the step, as what goes on behind a summary is.
            if (asked > (answer.Error is null ? answer.Time.Completed ?? 0 : 0))
                next = null;
            asked = null;
            if (message.Parts.OfType<StepStartPart>().LastOrDefault()?.Snapshot is not { } start)
                continue;

            var end = message.Parts.OfType<StepFinishPart>().LastOrDefault()?.Snapshot;
            var changed = message.Parts.OfType<PatchPart>().LastOrDefault()?.Files; // There is none where nothing was changed.

            // Where nothing says how a step ended, what is there now may be the user's.
            var isEndKnown = (end ?? next) is not null || changed is not null;
            if (isEndKnown && message.Parts.Exists(static part => part is ToolPart))
                steps.Insert(0, (message, new StepChange(start, end ?? next, changed is null && end is not null ? [] : changed?.Count < Changes.MaxFiles ? changed : null)));
            next = start;
        }

        return steps;
    }

    // The call of a user is in a message without a step.
    private static IEnumerable<string> Unkept(Decision decision, SessionRevert from)
    {
        var changing = decision.State.Messages.SkipWhile(message => message.Info.Id != from.MessageId)
            .Where(message => message.Parts.Exists(part => part is ToolPart tool && Changes.MayBeOf(tool, decision.Setup.Toolbox))).ToList();
        var known = KnownFrom(decision.State, from).ConvertAll(static step => step.Message.Info.Id);
        if (changing.Exists(message => message.Parts.Exists(static part => part is StepStartPart) && !known.Contains(message.Info.Id)))
            yield return WithoutFiles;
        if (changing.Exists(static message => !message.Parts.Exists(static part => part is StepStartPart)))
            yield return OfUser;
    }
}
