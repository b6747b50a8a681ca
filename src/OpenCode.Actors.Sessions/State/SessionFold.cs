using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.State;

/// <summary>Makes a session's state from its rows and the deltas after them.</summary>
internal static class SessionFold
{
    /// <summary>Folds the rows of a session.</summary>
    /// <param name="rows">The rows.</param>
    /// <returns>The state, and the offset after which the deltas of an open part are to be read; null when none is open.</returns>
    public static (SessionState State, long? OpenSince) FoldRows(IReadOnlyList<StateRow> rows)
    {
        var wire = ProtocolJson.Wire;
        var state = SessionState.None;
        var parts = new List<Part>();
        TurnRow? turn = null;
        (Part Part, long Offset)? open = null;
        foreach (var row in rows)
        {
            switch (row.Kind)
            {
                case Rows.Session:
                    state = state with { Info = Read(row, wire.Session) };
                    break;
                case Rows.Head:
                    var head = Read(row, RowJson.Default.HeadRow);
                    state = state with
                    {
                        NextSequence = head.NextSequence,
                        LastMessage = head.LastMessage is { } message ? new MessageId(message) : null,
                        LastPart = head.LastPart is { } part ? new PartId(part) : null,
                    };
                    break;
                case Rows.Message:
                    state = state with { Messages = state.Messages.Add(new MessageState(Read(row, wire.Message), [])) };
                    break;
                case Rows.Part:
                    parts.Add(Read(row, wire.Part));
                    break;
                case Rows.Open:
                    open = (Read(row, wire.Part), row.Offset);
                    break;
                case Rows.Turn when row.Key == Rows.Deletion:
                    state = state with { IsDeleting = true };
                    break;
                case Rows.Turn when row.Key == Rows.Undo:
                    state = state with { Undo = Read(row, RowJson.Default.UndoPlan) };
                    break;
                case Rows.Turn:
                    turn = Read(row, RowJson.Default.TurnRow);
                    break;
                case Rows.Permission:
                    state = state with { Permissions = state.Permissions.Add(Read(row, wire.PermissionRequest)) };
                    break;
                case Rows.Question:
                    state = state with { Questions = state.Questions.Add(Read(row, wire.QuestionRequest)) };
                    break;
                case Rows.Process:
                    state = state with { Processes = state.Processes.SetItem(row.Key, Read(row, RowJson.Default.ProcessMark)) };
                    break;
                case Rows.Remember:
                    state = state with { Learned = state.Learned.SetItem(row.Key, new LearnedRule(Read(row, wire.PermissionRule), row.Offset)) };
                    break;
                case Rows.Todos:
                    state = state with { Todos = Read(row, wire.IReadOnlyListTodo) };
                    break;
                case Rows.Key:
                    state = state with { Keys = state.Keys.SetItem(row.Key, new MessageId(Read(row, RowJson.Default.KeyRow).MessageId)) };
                    break;
                case Rows.Failure:
                    state = state with { Failures = state.Failures.SetItem(new MessageId(row.Key), Read(row, wire.MessageError)) };
                    break;
                case Rows.AnsweredWith:
                    state = state with { AnsweredWith = state.AnsweredWith.SetItem(new MessageId(row.Key), new MessageId(Read(row, RowJson.Default.AnsweredWithRow).MessageId)) };
                    break;
                case Rows.Name:
                    var done = Read(row, RowJson.Default.NameRow);
                    var outcome = new Outcome(done.Outcome, done.MessageId is { } named ? new MessageId(named) : null, done.Refusal?.ToRefusal());
                    state = state with { Names = state.Names.SetItem(row.Key, new DoneName(outcome, done.At)) };
                    break;
                case Rows.Tombstone:
                    state = state with { Tombstone = Read(row, RowJson.Default.Tombstone) };
                    break;
                default:
                    throw new InvalidOperationException($"Session '{row.Owner}' has a row of kind '{row.Kind}', which this version does not know. Start the version of the server that wrote it, or a newer one.");
            }
        }

        return Assemble(state, parts, turn, open);
    }

    /// <summary>True if an entry is a piece of streamed text.</summary>
    public static bool IsDelta(LogEntry entry) => entry.Type == EventTypes.PartDelta;

    /// <summary>Folds the deltas after the stored text of the open part into it (rule "Streamed text is state").</summary>
    public static SessionState FoldDeltas(SessionState state, IReadOnlyList<LogEntry> deltas)
    {
        var turn = state.Turn!;
        var open = turn.Open!;
        foreach (var entry in deltas)
        {
            var delta = JsonSerializer.Deserialize(entry.Properties.Span, ProtocolJson.Wire.PartDelta)!;
            if (delta.PartId == open.Id)
                open = open.Append(delta.Delta);
        }

        return state with { Turn = turn with { Open = open } };
    }

    private static (SessionState State, long? OpenSince) Assemble(SessionState state, List<Part> parts, TurnRow? turn, (Part Part, long Offset)? open)
    {
        // Messages are looked up by it, and an imported row may say less.
        if (state.Messages.Select(static message => message.Info.Id.Value).Max(StringComparer.Ordinal) is { } greatest && string.CompareOrdinal(greatest, state.LastMessage?.Value) > 0)
            state = state with { LastMessage = new MessageId(greatest) };
        foreach (var part in parts)
        {
            if (state.Message(part.MessageId) is { } message)
                state = state.With(message with { Parts = message.Parts.Add(part) });
        }

        if (turn is null)
            return (state, null);

        // It has no run: a parked or held turn gets one when it is taken up, every other one is closed.
        state = state with
        {
            Status = SessionStatus.Busy,
            Turn = new TurnState(turn.Kind, default, [.. turn.Prompts.Select(static prompt => new MessageId(prompt))], turn.Taken, new MessageId(turn.Assistant))
            {
                Stream = turn.Stream,
                Rejected = turn.Rejected,
                IsHeld = turn.Held,
                Commands = [.. turn.Commands ?? []],
                Granted = turn.Granted ?? [],
                Open = open is { } stored ? OpenText.Of(stored.Part, hasRow: true) : null,
            },
        };
        return (state, open?.Offset);
    }

    private static T Read<T>(StateRow row, JsonTypeInfo<T> json) =>
        JsonSerializer.Deserialize(row.Json.Span, json) ?? throw new InvalidOperationException($"Row '{row.Kind}/{row.Key}' of session '{row.Owner}' is empty. Restore the data from a backup, or leave the session out by an export and import.");
}
