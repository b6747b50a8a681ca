using System.Text.Json;
using OpenCode.Actors.Clustering.Peers;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Clustering.Wire;

/// <summary>One message of each kind that crosses nodes, with all its fields filled.</summary>
internal static class MessageSamples
{
    private static readonly IdFactory _ids = new(new VirtualTime(), new SeededEntropy(1).Fill);
    private static readonly SessionId _session = _ids.NewSession();
    private static readonly MessageId _message = _ids.NewMessage();

    private static readonly Session _info = new(_session, "brave-fox", "global", "/proj", "A title", "1.18.33", new SessionTime(1, 2))
    {
        Permission = [new PermissionRule("bash", "*", PermissionAction.Deny)],
    };

    /// <summary>Gets the samples by their type.</summary>
    public static IReadOnlyDictionary<Type, object> All { get; } = Make().ToDictionary(sample => sample.GetType());

    /// <summary>Makes an acceptance of a message with a text.</summary>
    public static PromptAccepted Accepted(string text) => new(Message(text), new TurnId(_message.Value), 7, MessageError.Unknown("no model"), IsOpen: true);

    private static MessageWithParts Message(string text) =>
        new(new UserMessage(_message, _session, new MessageTime(1), "build", new ModelRef("p", "m")), [new TextPart(_ids.NewPart(), _session, _message, text)]);

    private static IEnumerable<object> Make()
    {
        var permission = _ids.NewPermission();
        var question = _ids.NewQuestion();
        var reply = new ReplyPermission(permission, PermissionAnswer.Reject, "no, because");
        return
        [
            new Deliver(_session, new Named("node-1", reply)),
            new Named("node-2", new Delete()),
            new NamedByReference("node-3", "node-3"),
            new Create(new Place("/proj", "global", "a/b"), new CreateSession { Title = "T", Permission = _info.Permission }),
            new Created(_info, 3),
            new Update(new UpdateSession { Title = "U", Time = new UpdateSessionTime(5) }),
            new Updated(_info, 4),
            new CreateChild(_session, new Place("/proj", "global", "a/b"), new CreateSession { Title = "T", ParentId = _session }),
            new BeginDelete(),
            new DeleteBegun(_session, 5),
            new Delete(),
            new Deleted(_session, 5),
            new Summarize(new SummarizeSession("p", "m", Auto: true)),
            new TakePrompt(new Prompt([new TextPromptPart("hello \u2028 \"x\"")]) { MessageId = _message, Model = new ModelRef("p", "m"), Format = new OutputFormat("json_schema") { Schema = JsonElement.Parse("{}"), RetryCount = 1 } }, "a key"),
            new RunShell(new Shell("build", "ls -l"), "another key"),
            Accepted("hello"),
            new Abort(),
            new Aborted(10),
            new Wake(),
            new Awake(_session, new RetryStatus(2, "slow", 3)),
            new GetMessages(3, _message),
            new MessagePage([Message("one")], _message),
            new GetMessage(_message),
            new MessageFound(Message("two")),
            new GetTodos(),
            new TodosFound([new Todo("do it", "pending", "high")]),
            new GetWaits(),
            new WaitsFound(true, [_session]),
            reply,
            new ReplyQuestion(question, [["a", "b"], []]),
            new RejectQuestion(question),
            new RequestAnswered(11),
            new DeleteMessage(_message),
            new DeletePart(_message, _ids.NewPart()),
            new UpdatePart(new TextPart(_ids.NewPart(), _session, _message, "edited")),
            new HistoryEdited(12),
            new Revert(new MessageId("msg_1"), new PartId("prt_1")),
            new Unrevert(),
            new GetDiff(new MessageId("msg_1")),
            new DiffFound([new FileDiff(1, 2) { File = "a.txt", Patch = "p", Status = "modified" }]),
            new CreateFork(new Place("/proj", "global", "a/b"), "T (fork #1)", _info.Permission, [Message("copied")]),
            new GetHistory(),
            new HistoryFound(_info, [Message("found")]),
            new SessionBusy(_session),
            new SessionNotFound(_session),
            new MessageNotFound(_message),
            new PermissionNotFound(permission),
            new QuestionNotFound(question),
            new PromptRejected("busy"),
            new TooManyPrompts(64, TimeSpan.FromSeconds(5)),
            new StorageFull(null, 100),
            new Moved("moved", TimeSpan.FromMilliseconds(10)),
            new Unavailable("away", TimeSpan.FromMilliseconds(1_500)),
            new CommandFailed("no"),
            new PeerStreamsActor.WaitHere("/proj", 12),
            new PeerStreamsActor.Waiting(),
            new StreamHubActor.Flushed(null, 13),
            new StreamHubActor.ShuttingDown(),
            new PeerStreamsActor.DisposeHere("/proj", 14),
        ];
    }
}
