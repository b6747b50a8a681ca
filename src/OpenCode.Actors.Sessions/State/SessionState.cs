using System.Collections.Immutable;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions.State;

/// <summary>The whole state of one session. Immutable, so that the committed and the tentative state are two references.</summary>
internal sealed record SessionState
{
    /// <summary>Gets the state of a session that was never made, or is deleted.</summary>
    public static SessionState None { get; } = new();

    /// <summary>Gets the info; null when there is no such session.</summary>
    public Session? Info { get; init; }

    /// <summary>Gets the messages, in the order in which they were taken.</summary>
    public ImmutableList<MessageState> Messages { get; init; } = [];

    /// <summary>Gets the open turn; null when the session is idle.</summary>
    public TurnState? Turn { get; init; }

    /// <summary>Gets the status as clients know it.</summary>
    public SessionStatus Status { get; init; } = SessionStatus.Idle;

    /// <summary>Gets the permissions that wait for an answer, oldest first.</summary>
    public ImmutableList<PermissionRequest> Permissions { get; init; } = [];

    /// <summary>Gets the questions that wait for an answer, oldest first.</summary>
    public ImmutableList<QuestionRequest> Questions { get; init; } = [];

    /// <summary>Gets the to-do list.</summary>
    public IReadOnlyList<Todo> Todos { get; init; } = [];

    /// <summary>Gets the rules learned here by an answer <c>always</c>, by the keys of their rows; they hold for the whole location. Those of earlier generations hold no more, and are written over or go with the session.</summary>
    public ImmutableSortedDictionary<string, LearnedRule> Learned { get; init; } = ImmutableSortedDictionary.Create<string, LearnedRule>(StringComparer.Ordinal);

    /// <summary>Gets which message an idempotency key made.</summary>
    public ImmutableDictionary<string, MessageId> Keys { get; init; } = ImmutableDictionary<string, MessageId>.Empty;

    /// <summary>Gets the names of the commands carried out lately.</summary>
    public ImmutableDictionary<string, DoneName> Names { get; init; } = ImmutableDictionary.Create<string, DoneName>(StringComparer.Ordinal);

    /// <summary>Gets a value indicating whether the session is being deleted: it accepts no more commands.</summary>
    public bool IsDeleting { get; init; }

    /// <summary>Gets the undo whose files are being restored; null when there is none. It is stored before the first file is changed.</summary>
    public UndoPlan? Undo { get; init; }

    /// <summary>Gets the tombstone of a session that a named command deleted.</summary>
    public Tombstone? Tombstone { get; init; }

    /// <summary>Gets why no run could begin for a prompt, by the id of its message.</summary>
    public ImmutableDictionary<MessageId, MessageError> Failures { get; init; } = ImmutableDictionary<MessageId, MessageError>.Empty;

    /// <summary>Gets the message that a turn went on with before the answer to a prompt was whole, by the id of that: another prompt, or a request for a summary. Its answer is that of the prompt too.</summary>
    public ImmutableDictionary<MessageId, MessageId> AnsweredWith { get; init; } = ImmutableDictionary<MessageId, MessageId>.Empty;

    /// <summary>Gets the process groups of running tools, by the id of the call.</summary>
    public ImmutableDictionary<string, ProcessMark> Processes { get; init; } = ImmutableDictionary<string, ProcessMark>.Empty;

    /// <summary>Gets the sequence of the next durable event, from 0 without gaps.</summary>
    public long NextSequence { get; init; }

    /// <summary>Gets the greatest message id, client-made ones included.</summary>
    public MessageId? LastMessage { get; init; }

    /// <summary>Gets the greatest part id, client-made ones included.</summary>
    public PartId? LastPart { get; init; }

    /// <summary>Finds a message.</summary>
    public MessageState? Message(MessageId id) => PlaceOf(id) is >= 0 and var place ? Messages[place] : null;

    /// <summary>True if a prompt belongs to the open turn.</summary>
    public bool IsOpen(TurnId turn) => Turn is { } open && open.Prompts.Exists(id => id.Value == turn.Value);

    /// <summary>Makes the message as readers see it: an open part with the text streamed so far.</summary>
    public MessageWithParts View(MessageState message) =>
        new(message.Info, (Turn?.Open is { } open && Turn.Assistant == message.Info.Id ? message.With(open.Folded()) : message).Parts);

    /// <summary>Makes the state with a message added, or replaced if it is there.</summary>
    public SessionState With(MessageState message) => this with
    {
        Messages = PlaceOf(message.Info.Id) is >= 0 and var place ? Messages.SetItem(place, message) : Messages.Add(message),
    };

    // An id above the greatest is new: a long history is not searched for it. What is looked for else is nearly always among the last ones.
    private int PlaceOf(MessageId id) =>
        LastMessage is { } last && string.CompareOrdinal(id.Value, last.Value) > 0 ? -1 : Messages.FindLastIndex(message => message.Info.Id == id);
}
