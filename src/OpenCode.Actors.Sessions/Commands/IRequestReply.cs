using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Sessions.Commands;

/// <summary>A user's answer to a permission or a question. The index knows which session waits for it.</summary>
internal interface IRequestReply : ISessionCommand
{
    /// <summary>Gets the text of the request's id.</summary>
    string Request { get; }

    /// <summary>Gets the refusal when no session waits for it.</summary>
    object NotFound { get; }
}

/// <summary>Answers a permission; answered with <see cref="RequestAnswered"/> or <see cref="PermissionNotFound"/>.</summary>
/// <param name="RequestId">The request.</param>
/// <param name="Answer">Once, always or reject.</param>
/// <param name="Feedback">The text for the model with a reject; the turn then continues.</param>
internal sealed record ReplyPermission(PermissionId RequestId, PermissionAnswer Answer, string? Feedback = null) : IRequestReply
{
    /// <inheritdoc/>
    [JsonIgnore]
    public string Request => RequestId.Value;

    /// <inheritdoc/>
    [JsonIgnore]
    public object NotFound => new PermissionNotFound(RequestId);
}

/// <summary>Answers a question; answered with <see cref="RequestAnswered"/> or <see cref="QuestionNotFound"/>.</summary>
internal sealed record ReplyQuestion(QuestionId RequestId, IReadOnlyList<IReadOnlyList<string>> Answers) : IRequestReply
{
    /// <inheritdoc/>
    [JsonIgnore]
    public string Request => RequestId.Value;

    /// <inheritdoc/>
    [JsonIgnore]
    public object NotFound => new QuestionNotFound(RequestId);
}

/// <summary>Dismisses a question; answered as <see cref="ReplyQuestion"/> is.</summary>
internal sealed record RejectQuestion(QuestionId RequestId) : IRequestReply
{
    /// <inheritdoc/>
    [JsonIgnore]
    public string Request => RequestId.Value;

    /// <inheritdoc/>
    [JsonIgnore]
    public object NotFound => new QuestionNotFound(RequestId);
}

/// <summary>The permission or question is answered; a second answer finds no request.</summary>
internal sealed record RequestAnswered(long Offset);
