using System.Collections.Frozen;
using OpenCode.Actors.Clustering.Peers;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Clustering.Wire;

/// <summary>All messages that cross nodes. A type that is not in this table never leaves its node.</summary>
/// <remarks>A new kind, or a new version of one, is read one release before it is written: an older node drops what it does not know.</remarks>
internal static class MessageKinds
{
    private static readonly MessageKind[] _all =
    [
        new(typeof(Deliver), "deliver.1", static m => Envelope.Of((Deliver)m), Envelope.ReadDeliver),
        new(typeof(Named), "named.1", static m => Envelope.Of((Named)m), Envelope.ReadNamed),
        MessageKind.Json<NamedByReference>("named-by-reference.1"),

        MessageKind.Json<Create>("create.1"),
        MessageKind.Json<Created>("created.1"),
        MessageKind.Json<Update>("update.1"),
        MessageKind.Json<Updated>("updated.1"),
        MessageKind.Json<CreateChild>("create-child.1"),
        MessageKind.Json<CreateFork>("create-fork.1"),
        MessageKind.Empty("get-history.1", new GetHistory()),
        MessageKind.Json<HistoryFound>("history.1"),
        MessageKind.Empty("begin-delete.1", new BeginDelete()),
        MessageKind.Json<DeleteBegun>("delete-begun.1"),
        MessageKind.Empty("delete.1", new Delete()),
        MessageKind.Json<Deleted>("deleted.1"),
        MessageKind.Json<TakePrompt>("prompt.1"),
        MessageKind.Json<RunShell>("shell.1"),
        MessageKind.Json<Summarize>("summarize.1"),
        MessageKind.Json<PromptAccepted>("accepted.1", AcceptedInShort.Of),
        MessageKind.Empty("abort.1", new Abort()),
        MessageKind.Json<Aborted>("aborted.1"),
        MessageKind.Empty("wake.1", new Wake()),
        MessageKind.Json<Awake>("awake.1"),
        MessageKind.Json<GetMessages>("get-messages.1"),
        MessageKind.Json<MessagePage>("messages.1"),
        MessageKind.Json<GetMessage>("get-message.1"),
        MessageKind.Json<MessageFound>("message.1"),
        MessageKind.Empty("get-todos.1", new GetTodos()),
        MessageKind.Json<TodosFound>("todos.1"),
        MessageKind.Empty("get-waits.1", new GetWaits()),
        MessageKind.Json<WaitsFound>("waits.1"),
        MessageKind.Json<ReplyPermission>("reply-permission.1"),
        MessageKind.Json<ReplyQuestion>("reply-question.1"),
        MessageKind.Json<RejectQuestion>("reject-question.1"),
        MessageKind.Json<RequestAnswered>("request-answered.1"),
        MessageKind.Json<DeleteMessage>("delete-message.1"),
        MessageKind.Json<DeletePart>("delete-part.1"),
        MessageKind.Json<UpdatePart>("update-part.1"),
        MessageKind.Json<HistoryEdited>("history-edited.1"),
        MessageKind.Json<Revert>("revert.1"),
        MessageKind.Empty("unrevert.1", new Unrevert()),
        MessageKind.Json<GetDiff>("get-diff.1"),
        MessageKind.Json<DiffFound>("diff.1"),

        MessageKind.Json<SessionNotFound>("session-not-found.1"),
        MessageKind.Json<MessageNotFound>("message-not-found.1"),
        MessageKind.Json<SessionBusy>("session-busy.1"),
        MessageKind.Json<PermissionNotFound>("permission-not-found.1"),
        MessageKind.Json<QuestionNotFound>("question-not-found.1"),
        MessageKind.Json<PromptRejected>("prompt-rejected.1"),
        MessageKind.Json<TooManyPrompts>("too-many-prompts.1"),
        MessageKind.Json<StorageFull>("storage-full.1"),
        MessageKind.Json<Unavailable>("unavailable.1"),
        MessageKind.Json<Moved>("moved.1"),
        MessageKind.Json<CommandFailed>("command-failed.1"),

        MessageKind.Json<PeerStreamsActor.WaitHere>("wait-flushed.1"),
        MessageKind.Empty("waiting.1", new PeerStreamsActor.Waiting()),
        MessageKind.Json<StreamHubActor.Flushed>("flushed.1"),
        MessageKind.Empty("streams-reset.1", new StreamHubActor.ShuttingDown()),
        MessageKind.Json<PeerStreamsActor.DisposeHere>("dispose-location.1"),
    ];

    private static readonly FrozenDictionary<Type, MessageKind> _byType = _all.ToFrozenDictionary(static kind => kind.Type);
    private static readonly FrozenDictionary<string, MessageKind> _byManifest = _all.ToFrozenDictionary(static kind => kind.Manifest, StringComparer.Ordinal);

    /// <summary>Gets the types that cross nodes.</summary>
    public static IEnumerable<Type> Types => _all.Select(static kind => kind.Type);

    /// <summary>Finds how a message is written; null when it does not cross nodes.</summary>
    public static MessageKind? Of(object message) => _byType.GetValueOrDefault(message.GetType());

    /// <summary>Finds how a payload is read; null when this version does not know it.</summary>
    public static MessageKind? Of(string manifest) => _byManifest.GetValueOrDefault(manifest);

    /// <summary>Gets the versions that are known of the kind that a manifest names, for people.</summary>
    public static IEnumerable<string> Like(string manifest) =>
        _all.Select(static kind => kind.Manifest).Where(known => NameOf(known) == NameOf(manifest));

    private static string NameOf(string manifest) => manifest.LastIndexOf('.') is >= 0 and var dot ? manifest[..dot] : manifest;
}
