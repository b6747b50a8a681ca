using System.Text.Json;
using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>Two views of one session, what is durable and what will be, and the one append under way between them (rule "An append has no timeout", rule "One append outstanding").</summary>
/// <remarks>What is decided meanwhile waits in an outbox, which the next append takes whole. An append has no deadline: it is committed, refused, or the journal dies.</remarks>
/// <param name="id">The session.</param>
/// <param name="setup">Ids and metrics.</param>
/// <param name="journal">The journal's actor, which answers the session's actor.</param>
/// <param name="text">Says when the streamed text is stored.</param>
/// <param name="completed">Executes the orders of a committed decision, in order, after its answer was sent.</param>
/// <param name="committed">Called when something was committed, after the next append was sent.</param>
internal sealed class Committer(SessionId id, SessionSetup setup, IActorRef journal, OpenTextStore text, Action<Completion> completed, Action committed)
{
    private readonly Outbox _outbox = new();
    private UnderWay? _underWay;
    private long _version;
    private string? _project;

    /// <summary>Gets the session.</summary>
    public SessionId Id => id;

    /// <summary>Gets the durable state. Readers see this one.</summary>
    public SessionState Committed { get; private set; } = SessionState.None;

    /// <summary>Gets the tentative state, which the next decision is made on.</summary>
    public SessionState State { get; private set; } = SessionState.None;

    /// <summary>Gets the offset that <see cref="Committed"/> is exact for.</summary>
    public long Offset { get; private set; }

    /// <summary>Gets the location of the session. It stays after a deletion, until the actor has gone: where the last events belong.</summary>
    public string? Directory { get; private set; }

    /// <summary>Gets a value indicating whether an append is under way.</summary>
    public bool IsUnderWay => _underWay is not null;

    /// <summary>Gets a value indicating whether all that was decided is committed.</summary>
    public bool IsIdle => _underWay is null && _outbox.IsEmpty;

    /// <summary>Gets what waits for a commit.</summary>
    public IEnumerable<Completion> Waiting => [.. _underWay?.Completions ?? [], .. _outbox.Completions];

    /// <summary>Begins with a recovered session.</summary>
    public void Begin(SessionState recovered, long version, long offset)
    {
        (Committed, State, _version, Offset) = (recovered, recovered, version, offset);
        (Directory, _project) = (recovered.Info?.Directory, recovered.Info?.ProjectId);
    }

    /// <summary>Begins a decision on the tentative state. It counts once it is handed to <see cref="Commit"/>.</summary>
    public Decision NewDecision(LocationSetup? location = null) => new(State, id, setup, location);

    /// <summary>Takes a decision over, and appends it as soon as nothing else is under way.</summary>
    public void Commit(Decision decision, params ReadOnlySpan<Completion> completions)
    {
        State = decision.State;
        _outbox.Add(decision);
        foreach (var completion in completions)
            _outbox.Add(completion);
        Flush(hasCommitted: false);
    }

    /// <summary>Stores the streamed text that has waited for long enough.</summary>
    public void StoreText()
    {
        text.TimeIsUp(State);
        Flush(hasCommitted: false);
    }

    /// <summary>True if an answer of the journal is to the append under way. Any other one is stale (rule "Tell the journal, never ask").</summary>
    public bool IsAwaited(long version) => _underWay is not null && version == _version;

    /// <summary>The append under way is committed.</summary>
    public void Take(JournalActor.Appended answer)
    {
        if (!IsAwaited(answer.Version))
            return;

        _version = answer.NextVersion;
        Apply(_underWay!, _underWay!.Entries > 0 ? answer.FirstOffset + _underWay.Entries - 1 : Offset);
        Flush(hasCommitted: true);
    }

    /// <summary>The append under way has failed.</summary>
    /// <returns>Whether it was that one.</returns>
    public bool Take(JournalActor.AppendFailed answer)
    {
        if (!IsAwaited(answer.Version))
            return false;

        _version = answer.NextVersion;
        return true;
    }

    /// <summary>Goes back to what is durable: nothing of the rest was written.</summary>
    public void RollBack(object refusal)
    {
        Refuse(refusal);
        State = Committed;
        text.Cancel();
    }

    /// <summary>Answers all that waits for a commit with a refusal.</summary>
    public void Refuse(object refusal)
    {
        foreach (var completion in Waiting)
            completion.ReplyTo?.Tell(refusal);
        _outbox.Take();
        _underWay = null;
    }

    private void Flush(bool hasCommitted)
    {
        while (_underWay is null && (!_outbox.IsEmpty || text.IsDue(State)))
            hasCommitted |= !Append();
        if (!hasCommitted)
            return;

        text.Plan(State);
        committed();
    }

    // False when there was nothing to write: then it is committed as it is.
    private bool Append()
    {
        var (events, changes, usedBodies, completions) = _outbox.Take();
        State = text.Store(id, State, changes);
        StoreHead(changes);
        _underWay = new UnderWay(State, events.Count, new Queue<Completion>(completions));
        if (events.Count == 0 && changes.Count == 0 && usedBodies.Count == 0)
        {
            Apply(_underWay, Offset);
            return false;
        }

        (Directory, _project) = (State.Info?.Directory ?? Directory, State.Info?.ProjectId ?? _project);
        var entries = new EntryDraft[events.Count];
        for (var i = 0; i < entries.Length; i++)
        {
            var e = events[i];
            entries[i] = new EntryDraft(setup.Ids.NewEvent().Value, e.Type, Directory, _project, id.Value, e.Sequence, EventTypes.HasRow(e.Type), e.Encode());
        }

        setup.Metrics.BatchSent(entries.Length);
        journal.Tell(new JournalActor.Append(id.Value, _version, new JournalBatch(entries, changes) { UsedBodies = usedBodies }));
        return true;
    }

    private void StoreHead(List<StateChange> changes)
    {
        var head = HeadRow.Of(State);
        if (State.Info is not null && head != HeadRow.Of(Committed))
            changes.Add(new StateChange(Rows.Head, id.Value, "", JsonSerializer.SerializeToUtf8Bytes(head, RowJson.Default.HeadRow)));
    }

    // From here on the batch is durable: an error is the session's own (rule "A session never throws"), and callers without an answer learn that the outcome is unknown.
    private void Apply(UnderWay batch, long offset)
    {
        (Committed, Offset) = (batch.State, offset);
        while (batch.Completions.TryPeek(out var completion))
        {
            if (completion.Answer is { } answer)
                completion.ReplyTo!.Tell(answer(offset));
            completed(completion);
            batch.Completions.Dequeue();
        }

        _underWay = null;
    }

    private sealed record UnderWay(SessionState State, int Entries, Queue<Completion> Completions);
}
