using System.Text.Json.Serialization;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions.State;

/// <summary>The rows of a session in the journal. Their owner is the session's id.</summary>
/// <remarks>
/// | kind         | key              | JSON                                                       | gone                          |
/// | ------------ | ---------------- | ---------------------------------------------------------- | ----------------------------- |
/// | <c>session</c>    | empty            | the info                                                   | with the session              |
/// | <c>head</c>       | empty            | <see cref="HeadRow"/>                                      | with the session              |
/// | <c>message</c>    | message id       | the message's info                                         | with the session              |
/// | <c>part</c>       | part id          | the part                                                   | with the session              |
/// | <c>open</c>       | empty            | the part that is streamed into, with its text up to the row's offset: retention of the log stops there | when the part is closed |
/// | <c>turn</c>       | empty            | <see cref="TurnRow"/>; there is one while a turn is open   | at the turn's end             |
/// | <c>turn</c>       | <c>deletion</c>  | <see cref="DeletionRow"/>: the session is being deleted. What is unfinished is one kind, since a start lists it over all sessions | with the session |
/// | <c>turn</c>       | <c>undo</c>      | <see cref="UndoPlan"/>: files are being set. A start wakes the session, which goes on with it | when they are set |
/// | <c>permission</c> | request id       | the request                                                | when answered or withdrawn    |
/// | <c>question</c>   | request id       | the request                                                | when answered or withdrawn    |
/// | <c>process</c>    | call id          | the <see cref="ProcessMark"/>                              | when the tool has ended       |
/// | <c>remember</c>   | number           | a permission rule learned by <c>always</c>; one of before this generation of the journal counts no more | with the session |
/// | <c>todos</c>      | empty            | the to-do list                                             | with the session              |
/// | <c>key</c>        | idempotency key  | <see cref="KeyRow"/>                                       | with the session              |
/// | <c>failure</c>    | message id       | the error that kept a run from beginning                   | with the session              |
/// | <c>answered-with</c> | message id of a prompt | <see cref="AnsweredWithRow"/>                     | with the message              |
/// | <c>name</c>       | name of a command | <see cref="NameRow"/>                                     | 15 minutes later, or with the session |
/// | <c>tombstone</c>  | empty            | <see cref="State.Tombstone"/>: the session was deleted by name | an hour later             |
/// </remarks>
internal static class Rows
{
    public const string Session = "session";
    public const string Head = "head";
    public const string Message = "message";
    public const string Part = "part";
    public const string Open = "open";
    public const string Turn = "turn";
    public const string Permission = "permission";
    public const string Question = "question";
    public const string Process = "process";
    public const string Remember = "remember";
    public const string Todos = "todos";
    public const string Key = "key";
    public const string Failure = "failure";
    public const string AnsweredWith = "answered-with";
    public const string Name = "name";
    public const string Tombstone = "tombstone";

    /// <summary>A key of a row of kind <see cref="Turn"/> that is no turn.</summary>
    public const string Deletion = "deletion";

    /// <summary>A key of a row of kind <see cref="Turn"/> that is no turn.</summary>
    public const string Undo = "undo";
}

/// <summary>The counters: the next sequence of a durable event, and the greatest ids (rule "Ids that sort").</summary>
internal sealed record HeadRow(long NextSequence, string? LastMessage, string? LastPart)
{
    /// <summary>Takes it from a state.</summary>
    public static HeadRow Of(SessionState state) => new(state.NextSequence, state.LastMessage?.Value, state.LastPart?.Value);
}

/// <summary>The durable half of <see cref="TurnState"/>.</summary>
internal sealed record TurnRow(TurnKind Kind, IReadOnlyList<string> Prompts, int Taken, string Assistant, StreamEnd? Stream, bool Rejected, bool Held = false)
{
    /// <summary>Gets the commands that the prompts were made from; null when there are none.</summary>
    public IReadOnlyList<CommandCall>? Commands { get; init; }

    /// <summary>Gets what the user granted to the calls of a held turn; null when there is nothing.</summary>
    public IReadOnlyList<Grant>? Granted { get; init; }

    /// <summary>Takes it from a turn.</summary>
    public static TurnRow Of(TurnState turn) =>
        new(turn.Kind, turn.Prompts.ConvertAll(static prompt => prompt.Value), turn.Taken, turn.Assistant.Value, turn.Stream, turn.Rejected, turn.IsHeld)
        {
            Commands = turn.Commands.Count == 0 ? null : turn.Commands,
            Granted = turn.Granted.Count == 0 ? null : turn.Granted,
        };
}

/// <summary>Since when a session is being deleted, in milliseconds of the epoch.</summary>
internal sealed record DeletionRow(long At);

/// <summary>Which message an idempotency key made.</summary>
internal sealed record KeyRow(string MessageId);

/// <summary>The message that the turn went on with; its answer is also that of the row's key.</summary>
internal sealed record AnsweredWithRow(string MessageId);

/// <summary>A named command that was executed or refused, its outcome, and the time in milliseconds of the epoch.</summary>
internal sealed record NameRow(OutcomeKind Outcome, string? MessageId, long At, RefusalRow? Refusal = null);

/// <summary>JSON of the rows that only sessions read.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(HeadRow))]
[JsonSerializable(typeof(TurnRow))]
[JsonSerializable(typeof(DeletionRow))]
[JsonSerializable(typeof(KeyRow))]
[JsonSerializable(typeof(ProcessMark))]
[JsonSerializable(typeof(AnsweredWithRow))]
[JsonSerializable(typeof(NameRow))]
[JsonSerializable(typeof(Tombstone))]
[JsonSerializable(typeof(UndoPlan))]
internal sealed partial class RowJson : JsonSerializerContext;
