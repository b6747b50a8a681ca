using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using OpenCode.Actors.Clustering.Peers;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Clustering.Wire;

/// <summary>JSON of the messages between nodes, generated at build time. What clients see of it is written as they see it.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NamedByReference))]
[JsonSerializable(typeof(Create))]
[JsonSerializable(typeof(Created))]
[JsonSerializable(typeof(Update))]
[JsonSerializable(typeof(Updated))]
[JsonSerializable(typeof(CreateChild))]
[JsonSerializable(typeof(CreateFork))]
[JsonSerializable(typeof(HistoryFound))]
[JsonSerializable(typeof(DeleteBegun))]
[JsonSerializable(typeof(Deleted))]
[JsonSerializable(typeof(TakePrompt), TypeInfoPropertyName = "PromptCommand")]
[JsonSerializable(typeof(RunShell))]
[JsonSerializable(typeof(Summarize))]
[JsonSerializable(typeof(PromptAccepted))]
[JsonSerializable(typeof(Aborted))]
[JsonSerializable(typeof(Awake))]
[JsonSerializable(typeof(GetMessages))]
[JsonSerializable(typeof(MessagePage))]
[JsonSerializable(typeof(GetMessage))]
[JsonSerializable(typeof(MessageFound))]
[JsonSerializable(typeof(TodosFound))]
[JsonSerializable(typeof(WaitsFound))]
[JsonSerializable(typeof(ReplyPermission))]
[JsonSerializable(typeof(ReplyQuestion))]
[JsonSerializable(typeof(RejectQuestion))]
[JsonSerializable(typeof(RequestAnswered))]
[JsonSerializable(typeof(DeleteMessage))]
[JsonSerializable(typeof(DeletePart))]
[JsonSerializable(typeof(UpdatePart))]
[JsonSerializable(typeof(HistoryEdited))]
[JsonSerializable(typeof(Revert))]
[JsonSerializable(typeof(GetDiff))]
[JsonSerializable(typeof(DiffFound))]
[JsonSerializable(typeof(SessionNotFound))]
[JsonSerializable(typeof(MessageNotFound))]
[JsonSerializable(typeof(SessionBusy))]
[JsonSerializable(typeof(PermissionNotFound))]
[JsonSerializable(typeof(QuestionNotFound))]
[JsonSerializable(typeof(PromptRejected))]
[JsonSerializable(typeof(TooManyPrompts))]
[JsonSerializable(typeof(StorageFull))]
[JsonSerializable(typeof(Unavailable))]
[JsonSerializable(typeof(Moved))]
[JsonSerializable(typeof(CommandFailed))]
[JsonSerializable(typeof(PeerStreamsActor.WaitHere))]
[JsonSerializable(typeof(StreamHubActor.Flushed))]
[JsonSerializable(typeof(PeerStreamsActor.DisposeHere))]
internal sealed partial class MessageJson : JsonSerializerContext
{
    /// <summary>Gets the options of all messages. Unknown fields are ignored: a node may be one release behind.</summary>
    public static new JsonSerializerOptions Options => MessageJsonOptions.Instance;

    // A class of its own: the generated half of the context has static fields that this one needs, and their order between two files is not defined.
    private static class MessageJsonOptions
    {
        public static readonly JsonSerializerOptions Instance = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            RespectNullableAnnotations = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            TypeInfoResolver = JsonTypeInfoResolver.Combine(ProtocolJson.Default, Default),
        };
    }
}
