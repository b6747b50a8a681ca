using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Protocol.Json;

/// <summary>The wire's JSON, generated at build time. Use <see cref="Wire"/>.</summary>
[JsonSourceGenerationOptions(
    GenerationMode = JsonSourceGenerationMode.Metadata,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(Session))]
[JsonSerializable(typeof(IReadOnlyList<Session>))]
[JsonSerializable(typeof(SessionStatus))]
[JsonSerializable(typeof(IdleStatus))]
[JsonSerializable(typeof(BusyStatus))]
[JsonSerializable(typeof(RetryStatus))]
[JsonSerializable(typeof(IReadOnlyDictionary<SessionId, SessionStatus>))]
[JsonSerializable(typeof(IReadOnlyList<Todo>))]
[JsonSerializable(typeof(IReadOnlyList<FileDiff>))]
[JsonSerializable(typeof(Message))]
[JsonSerializable(typeof(UserMessage))]
[JsonSerializable(typeof(AssistantMessage))]
[JsonSerializable(typeof(MessageError))]
[JsonSerializable(typeof(MessageWithParts))]
[JsonSerializable(typeof(IReadOnlyList<MessageWithParts>))]
[JsonSerializable(typeof(Part))]
[JsonSerializable(typeof(IReadOnlyList<Part>))]
[JsonSerializable(typeof(TextPart))]
[JsonSerializable(typeof(ReasoningPart))]
[JsonSerializable(typeof(ToolPart))]
[JsonSerializable(typeof(ToolState))]
[JsonSerializable(typeof(ToolPending))]
[JsonSerializable(typeof(ToolRunning))]
[JsonSerializable(typeof(ToolCompleted))]
[JsonSerializable(typeof(ToolError))]
[JsonSerializable(typeof(StepStartPart))]
[JsonSerializable(typeof(StepFinishPart))]
[JsonSerializable(typeof(FilePart))]
[JsonSerializable(typeof(AgentPart))]
[JsonSerializable(typeof(SubtaskPart))]
[JsonSerializable(typeof(PatchPart))]
[JsonSerializable(typeof(CompactionPart))]
[JsonSerializable(typeof(PermissionRequest))]
[JsonSerializable(typeof(IReadOnlyList<PermissionRequest>))]
[JsonSerializable(typeof(IReadOnlyList<PermissionRule>))]
[JsonSerializable(typeof(QuestionRequest))]
[JsonSerializable(typeof(IReadOnlyList<QuestionRequest>))]
[JsonSerializable(typeof(CreateSession))]
[JsonSerializable(typeof(UpdateSession))]
[JsonSerializable(typeof(ForkSession))]
[JsonSerializable(typeof(RevertSession))]
[JsonSerializable(typeof(SummarizeSession))]
[JsonSerializable(typeof(InitSession))]
[JsonSerializable(typeof(Prompt))]
[JsonSerializable(typeof(PromptPart))]
[JsonSerializable(typeof(TextPromptPart))]
[JsonSerializable(typeof(FilePromptPart))]
[JsonSerializable(typeof(AgentPromptPart))]
[JsonSerializable(typeof(SubtaskPromptPart))]
[JsonSerializable(typeof(Shell))]
[JsonSerializable(typeof(RunCommand))]
[JsonSerializable(typeof(PermissionReply))]
[JsonSerializable(typeof(SessionPermissionReply))]
[JsonSerializable(typeof(QuestionReply))]
[JsonSerializable(typeof(TuiPublish))]
[JsonSerializable(typeof(SessionCreated))]
[JsonSerializable(typeof(SessionUpdated))]
[JsonSerializable(typeof(SessionDeleted))]
[JsonSerializable(typeof(SessionStatusChanged))]
[JsonSerializable(typeof(SessionIdled))]
[JsonSerializable(typeof(SessionFailed))]
[JsonSerializable(typeof(SessionDiffed))]
[JsonSerializable(typeof(SessionCompacted))]
[JsonSerializable(typeof(TodoUpdated))]
[JsonSerializable(typeof(CommandExecuted))]
[JsonSerializable(typeof(MessageUpdated))]
[JsonSerializable(typeof(MessageRemoved))]
[JsonSerializable(typeof(PartUpdated))]
[JsonSerializable(typeof(PartDelta))]
[JsonSerializable(typeof(PartRemoved))]
[JsonSerializable(typeof(PermissionReplied))]
[JsonSerializable(typeof(QuestionReplied))]
[JsonSerializable(typeof(QuestionRejected))]
[JsonSerializable(typeof(ServerConnected))]
[JsonSerializable(typeof(ServerHeartbeat))]
[JsonSerializable(typeof(InstanceDisposed))]
[JsonSerializable(typeof(GlobalDisposed))]
[JsonSerializable(typeof(FileEdited))]
[JsonSerializable(typeof(ToastShown))]
[JsonSerializable(typeof(HubGap))]
[JsonSerializable(typeof(NamedError))]
[JsonSerializable(typeof(RequestNotFoundError))]
[JsonSerializable(typeof(SessionBusyError))]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(bool))]
public sealed partial class ProtocolJson : JsonSerializerContext
{
    /// <summary>
    /// Gets the context as the wire wants it: camel case, nulls left out, required and non-null fields enforced, unknown fields ignored, and nothing escaped but what
    /// JSON asks for. Its text is one line, fit for SSE data; it is not fit to be put into HTML.
    /// </summary>
    public static ProtocolJson Wire => WireContext.Instance;

    /// <summary>Gets <c>{}</c>, for inputs and metadata without content.</summary>
    public static JsonElement EmptyObject { get; } = System.Text.Json.JsonElement.Parse("{}");

    /// <summary>Sets up options of others, such as those of HTTP, which know nothing of a context's own flags.</summary>
    /// <param name="options">What is set up; still mutable.</param>
    public static void Configure(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.RespectNullableAnnotations = true;
        options.RespectRequiredConstructorParameters = true;
        options.AllowOutOfOrderMetadataProperties = true;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.TypeInfoResolverChain.Insert(0, Default);
    }

    // A class of its own: the generated half of the context has static fields that this one needs, and their order between two files is not defined.
    private static class WireContext
    {
        public static readonly ProtocolJson Instance = new(new JsonSerializerOptions(Default.Options)
        {
            TypeInfoResolver = null,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        });
    }
}
