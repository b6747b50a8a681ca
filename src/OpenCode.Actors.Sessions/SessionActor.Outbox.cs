using System.Text.Json;
using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

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

    /// <summary>Stores the streamed text that is not stored yet (RULES C3).</summary>
    private sealed record StoreText : INotInfluenceReceiveTimeout;

    private sealed record UnderWay(SessionState State, int Entries, Queue<Completion> Completions);

    // An append has no deadline: it is committed, refused, or the journal dies (RULES C1).
    private void JournalAnswers()
    {
        Receive<JournalActor.Appended>(OnAppended);
        Receive<JournalActor.AppendFailed>(OnAppendFailed);
        Receive<JournalActor.AppendRefused>(OnAppendRefused);
        Receive<JournalActor.ClaimLost>(m => OnClaimLost(m.Fence));
        Receive<JournalActor.JournalRestarted>(_ => GiveUp("the journal's actor was restarted"));
    }

    /// <summary>Decides a command. What it throws is the caller's error: nothing is changed, and the session goes on (RULES C4).</summary>
    /// <param name="decide">Decides, and says what it comes to.</param>
    /// <param name="committed">What else is to be done once it is committed.</param>
    private void Decide(Func<Decision, Outcome> decide, Action? committed = null)
    {
        var decision = NewDecision();
        var isStill = IsStill;
        Outcome outcome;
        try
        {
            outcome = decide(decision);

            // turns-are-not-moved: the command is taken here, and what it begins is begun by the next owner.
            if (_setup.Drain.HasBegun && isStill && Holding.Begins(decision))
                Holding.Hold(decision);
            NoteName(decision, outcome);
            decision.UsedBody = _body;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogDecisionFailed(_logger, e, _id.Value);
            Decline(new CommandFailed(e.Message));
            return;
        }

        var decided = decision.State;
        Commit(decision, new Completion(Sender, offset =>
        {
            committed?.Invoke();
            return Answer(outcome, decided, offset);
        }, Name: _name));
    }

    private Decision NewDecision() => new(_state, _id, _setup, _state.Info is { } info ? _setup.Learned.Of(info.Directory) : []);

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

        var (events, changes, usedBodies, completions) = _outbox.Take();
        StoreOpenText(changes);
        StoreHead(changes);
        _underWay = new UnderWay(_state, events.Count, new Queue<Completion>(completions));
        if (events.Count == 0 && changes.Count == 0 && usedBodies.Count == 0)
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
        _journal.Tell(new JournalActor.Append(_id.Value, _version, new JournalBatch(entries, changes) { UsedBodies = usedBodies }));
    }

    private void OnAppended(JournalActor.Appended message)
    {
        if (!IsAwaited(message.Version))
            return;

        _version = message.NextVersion;
        Apply(_underWay!.Entries > 0 ? message.FirstOffset + _underWay.Entries - 1 : _offset);
    }

    private void OnAppendFailed(JournalActor.AppendFailed message)
    {
        if (!IsAwaited(message.Version))
            return;

        _version = message.NextVersion;
        if (message.Cause is JournalFullException full)
            OnFull(full);
        else if (message.Cause is JournalFencedException fenced)
            OnClaimLost(fenced.Fence);
        else if (!_isReady)
            Fail(message.Cause); // Counted: the next incarnation would have to write the same, and would fail as this one did.
        else
            GiveUp(message.Cause.Message);
    }

    private void OnAppendRefused(JournalActor.AppendRefused message)
    {
        if (IsAwaited(message.Version))
            GiveUp(message.Reason);
    }

    // What is not committed is given up. Whoever named a command finds it carried out, or not, where the session is now.
    private void OnClaimLost(Fence fence) => GiveUp(new Moved($"{_id} is on another node: shard {fence.Shard} is no longer owned under token {fence.Token}.", _retryAfter));

    // RULES C6: an answer to anything but the append under way is stale.
    private bool IsAwaited(long version) => _underWay is not null && version == _version;

    // From here on the batch is durable: an error is the session's own (RULES C7), and callers without an answer learn that the outcome is unknown.
    private void Apply(long offset)
    {
        (_committed, _offset) = (_underWay!.State, offset);
        while (_underWay.Completions.TryPeek(out var completion))
        {
            Complete(completion);
            _underWay.Completions.Dequeue();
        }

        _underWay = null;
        Flush();
        TellQuiet();
        PlanStoring();
        if (!_isReady && _underWay is null)
            BeReady();
        else if (_isReady && _committed.Info is null)
            OnLeaveIfMissing(); // It was deleted.
    }

    private void Complete(Completion completion)
    {
        if (completion.Answer is { } answer)
            completion.ReplyTo!.Tell(answer(_offset));
        if (completion.Order is { } order)
            Carry(order);
        if (completion.Credit is { } run)
            GiveCredit(run);
    }

    // Nothing was written: back to what is durable. Reading goes on; a turn that cannot go on is closed when there is room again.
    private void OnFull(JournalFullException full)
    {
        var refusal = new StorageFull(full.FreeBytes, full.NeededBytes);
        NoteWithoutRoom(refusal);
        FailAll(refusal);
        _state = _committed;
        Timers.Cancel(nameof(StoreText));
        if (_state.Turn is not null)
            CloseWithoutRoom(full);
        TellQuiet();
        if (!_isReady)
            BeReady();
        else
            OnLeaveIfMissing(); // It could not be made.
    }

    private void FailAll(object refusal)
    {
        var (_, _, _, waiting) = _outbox.Take();
        foreach (var completion in (_underWay?.Completions ?? []).Concat(waiting))
            completion.ReplyTo?.Tell(refusal);
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
        Timers.Cancel(nameof(StoreText));
    }

    private void StoreHead(List<StateChange> changes)
    {
        var head = HeadRow.Of(_state);
        if (_state.Info is not null && head != HeadRow.Of(_committed))
            changes.Add(new StateChange(Rows.Head, _id.Value, "", JsonSerializer.SerializeToUtf8Bytes(head, RowJson.Default.HeadRow)));
    }

    private void PlanStoring()
    {
        if (_state.Turn?.Open is { UnstoredBytes: > 0 } && !Timers.IsTimerActive(nameof(StoreText)))
            Timers.StartSingleTimer(nameof(StoreText), new StoreText(), TimeSpan.FromMilliseconds(_setup.Options.StoreTextMs));
    }

    private void OnStoreText()
    {
        _storeDue = _state.Turn?.Open is { UnstoredBytes: > 0 };
        Flush();
    }

    [LoggerMessage(EventId = 6002, Level = LogLevel.Error, Message = "A command could not be decided in {SessionId}; it was refused and nothing was changed.")]
    private static partial void LogDecisionFailed(ILogger logger, Exception cause, string sessionId);
}
