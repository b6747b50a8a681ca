using OpenCode.Actors.Protocol.Messages;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Why a turn is closed before its end.</summary>
/// <param name="Error">The error that clients get.</param>
/// <param name="ToolError">The error of unfinished tools.</param>
/// <param name="ByUser">Whether the user wanted it: a command keeps its output then, and a wait for a retry is no error.</param>
internal sealed record CloseCause(MessageError Error, string ToolError, bool ByUser)
{
    /// <summary>Gets the cause when the user aborts.</summary>
    public static CloseCause Aborted { get; } = new(MessageError.MessageAborted(), "Aborted before it ended.", ByUser: true);

    /// <summary>Gets the cause when the server went down during the turn.</summary>
    public static CloseCause ServerStopped { get; } = new(
        MessageError.MessageAborted("Aborted: the server stopped before this turn had ended."), "The server stopped before this tool had ended.", ByUser: false);

    /// <summary>Returns the cause when something failed.</summary>
    public static CloseCause Failed(MessageError error) => new(error, "The turn failed before this tool had ended.", ByUser: false);
}
