using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Protocol.Events;

/// <summary>Properties of <see cref="EventTypes.QuestionAsked"/>, the row of a question that waits, and its line in <c>GET /question</c>.</summary>
/// <remarks>Rows and entries of older versions are read as this record: a new field has to be optional.</remarks>
/// <param name="Id">The request's id.</param>
/// <param name="SessionId">The session that asks.</param>
/// <param name="Questions">The questions; answers come in the same order.</param>
/// <param name="Tool">The call that asks.</param>
public sealed record QuestionRequest(
    QuestionId Id,
    [property: JsonPropertyName("sessionID")] SessionId SessionId,
    IReadOnlyList<QuestionInfo> Questions,
    ToolCallRef? Tool = null) : IEventProperties
{
    string IEventProperties.EventType => EventTypes.QuestionAsked;
}

/// <summary>One question.</summary>
/// <param name="Question">The whole question.</param>
/// <param name="Header">A word or two to head it.</param>
/// <param name="Options">What can be chosen.</param>
/// <param name="Multiple">Whether more than one may be chosen.</param>
/// <param name="Custom">Whether the user may write an answer; true if not given.</param>
public sealed record QuestionInfo(string Question, string Header, IReadOnlyList<QuestionOption> Options, bool? Multiple = null, bool? Custom = null);

/// <summary>One choice.</summary>
/// <param name="Label">A few words; the answer.</param>
/// <param name="Description">What it means.</param>
public sealed record QuestionOption(string Label, string Description);
