using System.Diagnostics;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Sessions.State;

/// <summary>The refusals recorded under a command's name, so that no later copy is carried out.</summary>
internal enum RefusalKind
{
    /// <summary><see cref="Commands.PromptRejected"/>.</summary>
    PromptRejected,

    /// <summary><see cref="Commands.TooManyPrompts"/>.</summary>
    TooManyPrompts,

    /// <summary><see cref="Commands.PermissionNotFound"/>.</summary>
    PermissionNotFound,

    /// <summary><see cref="Commands.QuestionNotFound"/>.</summary>
    QuestionNotFound,

    /// <summary><see cref="Commands.CommandFailed"/>.</summary>
    CommandFailed,

    /// <summary><see cref="Commands.MessageNotFound"/>.</summary>
    MessageNotFound,

    /// <summary><see cref="Commands.SessionBusy"/>.</summary>
    SessionBusy,
}

/// <summary>A refusal as a row.</summary>
/// <param name="Kind">Which one it is.</param>
/// <param name="Text">Its reason, or the id that it is about.</param>
/// <param name="Limit">Of <see cref="RefusalKind.TooManyPrompts"/>.</param>
/// <param name="RetryAfterMs">Of <see cref="RefusalKind.TooManyPrompts"/>.</param>
internal sealed record RefusalRow(RefusalKind Kind, string? Text = null, int Limit = 0, long RetryAfterMs = 0)
{
    /// <summary>Takes it from a refusal.</summary>
    public static RefusalRow Of(object refusal) => refusal switch
    {
        PromptRejected m => new(RefusalKind.PromptRejected, m.Reason),
        TooManyPrompts m => new(RefusalKind.TooManyPrompts, Limit: m.Limit, RetryAfterMs: (long)m.RetryAfter.TotalMilliseconds),
        PermissionNotFound m => new(RefusalKind.PermissionNotFound, m.PermissionId.Value),
        QuestionNotFound m => new(RefusalKind.QuestionNotFound, m.QuestionId.Value),
        CommandFailed m => new(RefusalKind.CommandFailed, m.Message),
        MessageNotFound m => new(RefusalKind.MessageNotFound, m.MessageId.Value),
        SessionBusy m => new(RefusalKind.SessionBusy, m.SessionId.Value),
        _ => throw new UnreachableException(),
    };

    /// <summary>Makes the refusal again.</summary>
    public object ToRefusal() => Kind switch
    {
        RefusalKind.PromptRejected => new PromptRejected(Text!),
        RefusalKind.TooManyPrompts => new TooManyPrompts(Limit, TimeSpan.FromMilliseconds(RetryAfterMs)),
        RefusalKind.PermissionNotFound => new PermissionNotFound(new PermissionId(Text!)),
        RefusalKind.QuestionNotFound => new QuestionNotFound(new QuestionId(Text!)),
        RefusalKind.CommandFailed => new CommandFailed(Text!),
        RefusalKind.MessageNotFound => new MessageNotFound(new MessageId(Text!)),
        RefusalKind.SessionBusy => new SessionBusy(new SessionId(Text!)),
        _ => throw new UnreachableException(),
    };
}
