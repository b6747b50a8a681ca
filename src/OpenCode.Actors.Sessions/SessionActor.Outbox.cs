using System.Text.Json;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions;

/// <content>Decide, outbox, commit, apply, answer (RULES C1, C2, C4).</content>
internal sealed partial class SessionActor
{
    private static readonly TimeSpan _closeAgainAfter = TimeSpan.FromSeconds(1);

    private readonly Outbox _outbox = new();
    private UnderWay? _underWay;
    private long _version;
    private long _offset;
    private bool _storeDue;

    // What is left of a deleted session until its actor has gone: where its last events belong.
    private string? _directory;
    private string? _project;

    private SessionNotes? _told;

    private sealed record JournalAnswer(object Answer);

    private sealed record StoreText : INoInfluence;

    private sealed record UnderWay(SessionState State, int Entries, List<Completion> Completions);

    /// <summary>Decides a command. What it throws is the caller's error: nothing is changed, and the session goes on (RULES C4).</summary>
    private void Decide(Action<Decision> decide, Func<SessionState, long, object> answer)
    {
        var replyTo = Sender;
        var decision = NewDecision();
        try
        {
            decide(decision);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogDecisionFailed(_logger, e, _id.Value);
            replyTo.Tell(new CommandFailed(e.Message), Self);
            return;
        }

        var decided = decision.State;
        Commit(decision, new Completion(replyTo, offset => answer(decided, offset)));
    }

    private Decision NewDecision() => new(_state, _id, _setup, _learned);

    private void Commit(Decision decision, params ReadOnlySpan<Completion> completions)
    {
        _state = decision.State;
        _outbox.Add(decision);
        foreach (var completion in completions)
            _outbox.Add(completion);
        Flush();
    }

    private void Flush()
    {
        if (_underWay is not null || (_outbox.IsEmpty && !IsStoreDue))
            return;

        var (events, changes, completions) = _outbox.Take();
        StoreOpenText(changes);
        StoreHead(changes);
        _underWay = new UnderWay(_state, events.Count, completions);
        if (events.Count == 0 && changes.Count == 0)
        {
            Apply(_offset);
            return;
        }

        (_directory, _project) = (_state.Info?.Directory ?? _directory, _state.Info?.ProjectId ?? _project);
        var entries = new EntryDraft[events.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            var e = events[i];
            entries[i] = new EntryDraft(_setup.Ids.NewEvent().Value, e.Type, _directory, _project, _id.Value, e.Sequence, e.Sequence >= 0, e.Encode());
        }

        _setup.Metrics.BatchSent(entries.Length);
        AskJournal(new JournalActor.Append(_id.Value, _version, new JournalBatch(entries, changes)));
    }

    // No deadline: an append is committed, refused, or the journal dies (RULES C1). An answer to an earlier incarnation is dropped by the kernel.
    private void AskJournal(object message) => Context.PipeTo(
        _journal.Ask<object>(message, Timeout.InfiniteTimeSpan, Context.Incarnation), answer => new JournalAnswer(answer));

    private ValueTask OnJournalAnswer(object answer)
    {
        TakeJournalAnswer(answer);
        return ValueTask.CompletedTask;
    }

    private void TakeJournalAnswer(object answer)
    {
        switch (answer)
        {
            case JournalActor.Appended m:
                _version = m.Version;
                Apply(_underWay!.Entries > 0 ? m.FirstOffset + _underWay.Entries - 1 : _offset);
                break;
            case JournalActor.AppendFailed { Cause: JournalFullException full } m:
                _version = m.Version;
                OnFull(full);
                break;
            case JournalActor.AppendFailed { Cause: JournalFencedException fenced }:
                Context.Parent.Tell(new SessionsActor.ShardLost(fenced.Fence), Self);
                GiveUp(fenced.Message);
                break;
            case JournalActor.AppendFailed m:
                GiveUp(m.Cause.Message);
                break;
            case JournalActor.AppendRefused m:
                GiveUp(m.Reason);
                break;
            default:
                throw new InvalidOperationException($"The journal's actor answered {answer.GetType().Name}, which nobody understands.");
        }
    }

    // From here on it is durable: an error is the session's own, and restarts it from the journal.
    private void Apply(long offset)
    {
        var (state, _, completions) = _underWay!;
        _underWay = null;
        _offset = offset;
        _committed = state;

        TellRegion(); // Before the answers: whoever was answered finds it in every list.
        foreach (var completion in completions)
            Complete(completion);
        AnswerWaiters();
        Flush();
        PlanStoring();
    }

    private void Complete(Completion completion)
    {
        if (completion.Answer is { } answer)
            completion.ReplyTo!.Tell(answer(_offset), Self);
        if (IsHeldBack(completion))
            return;

        if (completion.Order is { } order)
            Carry(order);
        if (completion.Credit is { } run)
            GiveCredit(run);
    }

    // The tentative state stands on what was never written. The actor goes, and comes back with what is true.
    private void GiveUp(string reason)
    {
        LogGivenUp(_logger, _id.Value, reason);
        Context.Stop(Self);
    }

    // Nothing was written: back to what is durable. Reading goes on; a turn that cannot go on is closed when there is room again.
    private void OnFull(JournalFullException full)
    {
        FailAll(new StorageFull(full.FreeBytes, full.NeededBytes));
        _state = _committed;
        Context.Timers.Cancel(nameof(StoreText));
        if (_state.Turn is not null)
            CloseWithoutRoom(full);
    }

    private void FailAll(object refusal)
    {
        var (_, _, waiting) = _outbox.Take();
        foreach (var completion in (_underWay?.Completions ?? []).Concat(waiting))
            completion.ReplyTo?.Tell(refusal, Self);
        _underWay = null;
    }

    private bool IsStoreDue => _state.Turn?.Open is { } open
        && (!open.HasRow || (open.UnstoredBytes > 0 && (_storeDue || open.UnstoredBytes >= _setup.Options.StoreTextBytes)));

    // RULES C3: a row without an event. Its offset is the head right after this batch, so it is made here, where all that the batch tells is folded in.
    private void StoreOpenText(List<StateChange> changes)
    {
        if (!IsStoreDue)
            return;

        var open = _state.Turn!.Open!;
        changes.Add(new StateChange(Rows.Open, _id.Value, "", JsonSerializer.SerializeToUtf8Bytes(open.Folded(), ProtocolJson.Wire.Part)));
        _state = _state with { Turn = _state.Turn with { Open = open with { UnstoredBytes = 0, HasRow = true } } };
        _storeDue = false;
        Context.Timers.Cancel(nameof(StoreText));
    }

    private void StoreHead(List<StateChange> changes)
    {
        var head = HeadRow.Of(_state);
        if (_state.Info is not null && head != HeadRow.Of(_committed))
            changes.Add(new StateChange(Rows.Head, _id.Value, "", JsonSerializer.SerializeToUtf8Bytes(head, RowJson.Default.HeadRow)));
    }

    private void PlanStoring()
    {
        if (_state.Turn?.Open is { UnstoredBytes: > 0 } && !Context.Timers.IsActive(nameof(StoreText)))
            Context.Timers.StartSingle(nameof(StoreText), new StoreText(), TimeSpan.FromMilliseconds(_setup.Options.StoreTextMs));
    }

    private ValueTask OnStoreText()
    {
        _storeDue = _state.Turn?.Open is { UnstoredBytes: > 0 };
        Flush();
        return ValueTask.CompletedTask;
    }

    private void TellRegion()
    {
        var notes = SessionNotes.Of(_committed);
        if (notes == _told)
            return;

        if (notes.Info is null)
        {
            if (_told is not null)
                Context.Parent.Tell(new SessionsActor.Gone(_id, _offset), Self);
            _told = null;
            return;
        }

        // The info is encoded for the index only when it changed.
        var entry = notes.Info == _told?.Info ? null : SessionEntry.Of(notes.Info, JsonSerializer.SerializeToUtf8Bytes(notes.Info, ProtocolJson.Wire.Session));
        _told = notes;
        Context.Parent.Tell(new SessionsActor.Noted(_id, entry, notes, _offset), Self);
    }

    [LoggerMessage(EventId = 6002, Level = LogLevel.Error, Message = "A command could not be decided in {SessionId}; it was refused and nothing was changed.")]
    private static partial void LogDecisionFailed(ILogger logger, Exception cause, string sessionId);

    [LoggerMessage(EventId = 6003, Level = LogLevel.Warning, Message = "{SessionId} gives up what it had not committed and is read again at its next command: {Reason}")]
    private static partial void LogGivenUp(ILogger logger, string sessionId, string reason);
}
