using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using OpenCode.Actors.Clustering.Peers;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Clustering.Wire;

/// <summary>JSON of the messages between nodes, generated at build time. What clients see of it is written as they see it.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(NamedByReference))]
[JsonSerializable(typeof(SessionActor.Create))]
[JsonSerializable(typeof(SessionActor.Created))]
[JsonSerializable(typeof(SessionActor.Update))]
[JsonSerializable(typeof(SessionActor.Updated))]
[JsonSerializable(typeof(SessionActor.CreateChild))]
[JsonSerializable(typeof(SessionActor.DeleteBegun))]
[JsonSerializable(typeof(SessionActor.Deleted))]
[JsonSerializable(typeof(SessionActor.Prompt), TypeInfoPropertyName = "PromptCommand")]
[JsonSerializable(typeof(SessionActor.RunShell))]
[JsonSerializable(typeof(SessionActor.Accepted))]
[JsonSerializable(typeof(SessionActor.Aborted))]
[JsonSerializable(typeof(SessionActor.Awake))]
[JsonSerializable(typeof(SessionActor.GetMessages))]
[JsonSerializable(typeof(SessionActor.Messages))]
[JsonSerializable(typeof(SessionActor.GetMessage))]
[JsonSerializable(typeof(SessionActor.MessageFound))]
[JsonSerializable(typeof(SessionActor.ReplyPermission))]
[JsonSerializable(typeof(SessionActor.ReplyQuestion))]
[JsonSerializable(typeof(SessionActor.RejectQuestion))]
[JsonSerializable(typeof(SessionActor.RequestAnswered))]
[JsonSerializable(typeof(SessionNotFound))]
[JsonSerializable(typeof(MessageNotFound))]
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
