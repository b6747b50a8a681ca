namespace OpenCode.Actors.Protocol.Events;

/// <summary>The types of events that we send.</summary>
public static class EventTypes
{
    /// <summary>A session was made.</summary>
    public const string SessionCreated = "session.created";

    /// <summary>A session was changed.</summary>
    public const string SessionUpdated = "session.updated";

    /// <summary>A session was deleted.</summary>
    public const string SessionDeleted = "session.deleted";

    /// <summary>A session became busy, idle, or waits to ask its model again.</summary>
    public const string SessionStatus = "session.status";

    /// <summary>A session became idle; follows the status.</summary>
    public const string SessionIdle = "session.idle";

    /// <summary>A turn failed or was aborted. Properties: <see cref="SessionFailed"/>.</summary>
    public const string SessionError = "session.error";

    /// <summary>Files changed by a session.</summary>
    public const string SessionDiff = "session.diff";

    /// <summary>A session was summed up.</summary>
    public const string SessionCompacted = "session.compacted";

    /// <summary>A message was made or changed.</summary>
    public const string MessageUpdated = "message.updated";

    /// <summary>A message was removed.</summary>
    public const string MessageRemoved = "message.removed";

    /// <summary>A part was made or changed; carries all of it.</summary>
    public const string PartUpdated = "message.part.updated";

    /// <summary>A text grew; the only event that is not idempotent.</summary>
    public const string PartDelta = "message.part.delta";

    /// <summary>A part was removed.</summary>
    public const string PartRemoved = "message.part.removed";

    /// <summary>A tool asks for a permission. Properties: <see cref="PermissionRequest"/>.</summary>
    public const string PermissionAsked = "permission.asked";

    /// <summary>A permission was given or refused.</summary>
    public const string PermissionReplied = "permission.replied";

    /// <summary>A tool asks the user. Properties: <see cref="QuestionRequest"/>.</summary>
    public const string QuestionAsked = "question.asked";

    /// <summary>The user answered.</summary>
    public const string QuestionReplied = "question.replied";

    /// <summary>The user will not answer.</summary>
    public const string QuestionRejected = "question.rejected";

    /// <summary>A to-do list was changed.</summary>
    public const string TodoUpdated = "todo.updated";

    /// <summary>A command's turn ended.</summary>
    public const string CommandExecuted = "command.executed";

    /// <summary>A tool wrote a file.</summary>
    public const string FileEdited = "file.edited";

    /// <summary>Something for the eyes of the user, shown for a while.</summary>
    public const string ToastShown = "tui.toast.show";

    /// <summary>First on each stream.</summary>
    public const string ServerConnected = "server.connected";

    /// <summary>Sent when nothing else was for a while.</summary>
    public const string ServerHeartbeat = "server.heartbeat";

    /// <summary>A location was disposed; its streams end cleanly.</summary>
    public const string InstanceDisposed = "server.instance.disposed";

    /// <summary>All locations were disposed.</summary>
    public const string GlobalDisposed = "global.disposed";

    /// <summary>Ours: positions that the client asked for are no longer there.</summary>
    public const string HubGap = "hub.gap";

    /// <summary>True if events of a type are durable: the batch is synced before it is shown, and each has a sequence in its session and a sync twin on <c>/global/event</c>.</summary>
    /// <remarks>The same types as in opencode. Other events may have a row, too: <see cref="HasRow"/>.</remarks>
    /// <param name="type">A type of event.</param>
    /// <returns>False also for types that are not known here.</returns>
    public static bool IsDurable(string type) => type is SessionCreated or SessionUpdated or SessionDeleted
        or MessageUpdated or MessageRemoved or PartUpdated or PartRemoved;

    /// <summary>True if a change of state comes with each event of a type, so that its batch is synced before it is shown (rule "Durable before visible").</summary>
    /// <remarks>All durable types, and those that opencode gives no sequence: what waits for the user, and the to-do list.</remarks>
    public static bool HasRow(string type) => IsDurable(type)
        || type is PermissionAsked or PermissionReplied or QuestionAsked or QuestionReplied or QuestionRejected or TodoUpdated;
}
