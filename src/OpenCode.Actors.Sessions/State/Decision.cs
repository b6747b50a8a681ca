using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions.State;

/// <summary>What one command or report leads to: a new state, its events and rows, and orders for the run.</summary>
/// <remarks>It has no effect until the session takes it over: a decision that throws is dropped whole (rule "A decision error goes to the caller").</remarks>
/// <param name="state">The tentative state to decide on.</param>
/// <param name="id">The session.</param>
/// <param name="setup">Clock, ids, models and tools.</param>
/// <param name="location">What is configured at its location; null to look when it is needed.</param>
internal sealed class Decision(SessionState state, SessionId id, SessionSetup setup, LocationSetup? location = null)
{
    private static readonly ProtocolJson _wire = ProtocolJson.Wire;

    /// <summary>Gets the state so far.</summary>
    public SessionState State { get; set; } = state;

    /// <summary>Gets the events so far, in order.</summary>
    public List<PendingEvent> Events { get; } = [];

    /// <summary>Gets a value indicating whether something is to be written.</summary>
    public bool ChangesSomething => Events.Count > 0 || Changes.Count > 0;

    /// <summary>Gets the changed rows so far, in order.</summary>
    public List<StateChange> Changes { get; } = [];

    /// <summary>Gets or sets the key of the large body that the command was read from: it is deleted with this.</summary>
    public string? UsedBody { get; set; }

    /// <summary>Gets what the run is to do once this is committed, in order.</summary>
    public List<RunOrder> Orders { get; } = [];

    /// <summary>Gets the session.</summary>
    public SessionId Id => id;

    /// <summary>Gets clock, ids, models and tools.</summary>
    public SessionSetup Setup => setup;

    /// <summary>Gets what is configured at the session's location, from the first look on the same for the whole decision.</summary>
    public LocationSetup Location => field ??= location ?? setup.At(Info.Directory);

    /// <summary>Gets the models of the session's location.</summary>
    public IModelCatalog Models => Location.Models;

    /// <summary>Gets the agents of the session's location.</summary>
    public LocationAgents Agents => Location.Agents;

    /// <summary>Gets the rules that users allowed with <c>always</c> and that hold now: those of this location, and the session's own, which the index may not have read yet.</summary>
    public IReadOnlyList<PermissionRule>[] Learned =>
        [setup.Learned.Of(Info.Directory), [.. State.Learned.Values.Where(learned => learned.HoldsIn(setup.Journal.Timeline)).Select(static learned => learned.Rule)]];

    /// <summary>Gets the time of the decision, in milliseconds of the epoch: one for all of it.</summary>
    public long Now { get; } = setup.Now;

    /// <summary>Gets the info of a session that exists.</summary>
    public Session Info => State.Info ?? throw new InvalidOperationException($"Session {id} does not exist.");

    /// <summary>Gets the turn of a session that is busy.</summary>
    public TurnState Turn => State.Turn ?? throw new InvalidOperationException($"Session {id} has no open turn.");

    /// <summary>Gets the assistant message that is being made.</summary>
    public MessageState Assistant => State.Message(Turn.Assistant) ?? throw new InvalidOperationException($"Message {Turn.Assistant} is not in session {id}.");

    /// <summary>Creates the session.</summary>
    public void Create(Session info)
    {
        State = State with { Info = info };
        Emit(new SessionCreated(id, info));
        Put(Rows.Session, "", info, _wire.Session);
    }

    /// <summary>Changes the info.</summary>
    public void Update(Session info)
    {
        State = State with { Info = info };
        Emit(new SessionUpdated(id, info));
        Put(Rows.Session, "", info, _wire.Session);
    }

    /// <summary>Replaces the to-do list.</summary>
    public void Put(IReadOnlyList<Todo> todos)
    {
        Emit(new TodoUpdated(id, todos));
        if (todos.Count > 0)
            Put(Rows.Todos, "", todos, _wire.IReadOnlyListTodo);
        else if (State.Todos.Count > 0)
            Drop(Rows.Todos, "");
        State = State with { Todos = todos };
    }

    /// <summary>Notes that something happened in the session now.</summary>
    public void Touch() => Update(Info with { Time = Info.Time with { Updated = Now } });

    /// <summary>Adds a message, or changes its info.</summary>
    public void Put(Message info)
    {
        State = State.With(State.Message(info.Id) is { } known ? known with { Info = info } : new MessageState(info, []));
        if (State.LastMessage is not { } last || string.CompareOrdinal(info.Id.Value, last.Value) > 0)
            State = State with { LastMessage = info.Id };
        Emit(new MessageUpdated(id, info));
        Put(Rows.Message, info.Id.Value, info, _wire.Message);
    }

    /// <summary>Adds a part to its message, or changes it.</summary>
    public void Put(Part part)
    {
        var message = State.Message(part.MessageId) ?? throw new InvalidOperationException($"Message {part.MessageId} is not in session {id}.");
        State = State.With(message.With(part));
        if (State.LastPart is not { } last || string.CompareOrdinal(part.Id.Value, last.Value) > 0)
            State = State with { LastPart = part.Id };
        Emit(new PartUpdated(id, part, Now));
        Put(Rows.Part, part.Id.Value, part, _wire.Part);
    }

    /// <summary>Makes the next message id.</summary>
    public MessageId NextMessage() => setup.Ids.After(State.LastMessage);

    /// <summary>Makes the next part id.</summary>
    public PartId NextPart() => setup.Ids.After(State.LastPart);

    /// <summary>Changes the durable half of the open turn; null ends it.</summary>
    public void Put(TurnState? turn)
    {
        State = State with { Turn = turn };
        if (turn is null)
            Drop(Rows.Turn, "");
        else
            Put(Rows.Turn, "", TurnRow.Of(turn), RowJson.Default.TurnRow);
    }

    /// <summary>Replaces the run of the open turn.</summary>
    public void Adopt(RunId run) => State = State with { Turn = Turn with { Run = run } };

    /// <summary>Publishes the status, if it changed.</summary>
    public void PublishStatus(SessionStatus status)
    {
        if (State.Status == status)
            return;

        State = State with { Status = status };
        Emit(new SessionStatusChanged(id, status));
    }

    /// <summary>Publishes that the session is idle, even if it was idle before.</summary>
    public void PublishIdle()
    {
        State = State with { Status = SessionStatus.Idle };
        Emit(new SessionStatusChanged(id, SessionStatus.Idle));
        Emit(new SessionIdled(id));
    }

    /// <summary>Publishes an error.</summary>
    public void PublishError(MessageError error) => Emit(new SessionFailed(error, id));

    /// <summary>Notes which process group a tool has, or that it has none any more.</summary>
    public void Mark(string callId, ProcessMark? mark)
    {
        if (mark is not null)
        {
            State = State with { Processes = State.Processes.SetItem(callId, mark) };
            Put(Rows.Process, callId, mark, RowJson.Default.ProcessMark);
        }
        else if (State.Processes.ContainsKey(callId))
        {
            State = State with { Processes = State.Processes.Remove(callId) };
            Drop(Rows.Process, callId);
        }
    }

    /// <summary>Notes which message an idempotency key made.</summary>
    public void Remember(string key, MessageId messageId)
    {
        State = State with { Keys = State.Keys.SetItem(key, messageId) };
        Put(Rows.Key, key, new KeyRow(messageId.Value), RowJson.Default.KeyRow);
    }

    /// <summary>Notes why no run could begin for a prompt.</summary>
    public void Remember(MessageId prompt, MessageError failure)
    {
        State = State with { Failures = State.Failures.SetItem(prompt, failure) };
        Put(Rows.Failure, prompt.Value, failure, _wire.MessageError);
    }

    /// <summary>Notes with which message the turn goes on before the answer to a prompt is whole.</summary>
    public void ContinueWith(MessageId prompt, MessageId next)
    {
        State = State with { AnsweredWith = State.AnsweredWith.SetItem(prompt, next) };
        Put(Rows.AnsweredWith, prompt.Value, new AnsweredWithRow(next.Value), RowJson.Default.AnsweredWithRow);
    }

    /// <summary>Adds an event.</summary>
    public void Emit(IEventProperties properties)
    {
        var durable = EventTypes.IsDurable(properties.EventType);
        Events.Add(new WholeEvent(properties, durable ? State.NextSequence : -1));
        if (durable)
            State = State with { NextSequence = State.NextSequence + 1 };
    }

    /// <summary>Writes a row.</summary>
    public void Put<T>(string kind, string key, T row, JsonTypeInfo<T> json) =>
        Changes.Add(new StateChange(kind, id.Value, key, JsonSerializer.SerializeToUtf8Bytes(row, json)));

    /// <summary>Removes a row.</summary>
    public void Drop(string kind, string key) => Changes.Add(new StateChange(kind, id.Value, key, null));
}
