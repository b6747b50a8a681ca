using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OpenCode.Actors.Protocol.Events;

namespace OpenCode.Actors.Server.OpenApi;

/// <summary>Describes the events of streams: <c>Event</c>, and wrapped with its location <c>GlobalEvent</c>.</summary>
internal static class EventSchemas
{
    private const string EventName = "Event";
    private const string GlobalName = "GlobalEvent";
    private const string StreamType = "text/event-stream";

    private static readonly (string Type, Type Properties)[] _events =
    [
        (EventTypes.SessionCreated, typeof(SessionCreated)),
        (EventTypes.SessionUpdated, typeof(SessionUpdated)),
        (EventTypes.SessionDeleted, typeof(SessionDeleted)),
        (EventTypes.SessionStatus, typeof(SessionStatusChanged)),
        (EventTypes.SessionIdle, typeof(SessionIdled)),
        (EventTypes.SessionError, typeof(SessionFailed)),
        (EventTypes.SessionDiff, typeof(SessionDiffed)),
        (EventTypes.SessionCompacted, typeof(SessionCompacted)),
        (EventTypes.MessageUpdated, typeof(MessageUpdated)),
        (EventTypes.MessageRemoved, typeof(MessageRemoved)),
        (EventTypes.PartUpdated, typeof(PartUpdated)),
        (EventTypes.PartDelta, typeof(PartDelta)),
        (EventTypes.PartRemoved, typeof(PartRemoved)),
        (EventTypes.PermissionAsked, typeof(PermissionRequest)),
        (EventTypes.PermissionReplied, typeof(PermissionReplied)),
        (EventTypes.QuestionAsked, typeof(QuestionRequest)),
        (EventTypes.QuestionReplied, typeof(QuestionReplied)),
        (EventTypes.QuestionRejected, typeof(QuestionRejected)),
        (EventTypes.TodoUpdated, typeof(TodoUpdated)),
        (EventTypes.CommandExecuted, typeof(CommandExecuted)),
        (EventTypes.FileEdited, typeof(FileEdited)),
        (EventTypes.ToastShown, typeof(ToastShown)),
        (EventTypes.ServerConnected, typeof(ServerConnected)),
        (EventTypes.ServerHeartbeat, typeof(ServerHeartbeat)),
        (EventTypes.InstanceDisposed, typeof(InstanceDisposed)),
        (EventTypes.GlobalDisposed, typeof(GlobalDisposed)),
        (EventTypes.HubGap, typeof(HubGap)),
    ];

    /// <summary>Gives routes that answer with a stream the schema of its events.</summary>
    public static async Task DescribeStreamAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (operation.Responses?.TryGetValue("200", out var response) != true || response?.Content?.TryGetValue(StreamType, out var content) != true
            || context.Document is not { } document)
        {
            return;
        }

        if (document.Components?.Schemas?.ContainsKey(EventName) != true)
            await AddEventsAsync(document, context, cancellationToken);

        var isWrapped = context.Description.RelativePath == "global/event";
        content!.Schema = new OpenApiSchemaReference(isWrapped ? GlobalName : EventName, document);
    }

    private static async Task AddEventsAsync(OpenApiDocument document, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var cases = new List<(string Tag, string Name)>();
        foreach (var (type, properties) in _events)
        {
            // As opencode names them: session.created is EventSessionCreated.
            var name = EventName + string.Concat(type.Split('.', '_').Select(static word => char.ToUpperInvariant(word[0]) + word[1..]));
            document.AddComponent(name, Object(
                ("id", Text("^evt_")), ("type", Constant(type)), ("properties", await context.GetOrCreateSchemaAsync(properties, parameterDescription: null, cancellationToken))));
            cases.Add((type, name));
        }

        var union = new OpenApiSchema();
        UnionSchemas.Combine(union, "type", cases, document);
        document.AddComponent(EventName, union);

        var twin = Object(
            ("type", Constant("sync")),
            ("id", Text("^evt_")),
            ("syncEvent", Object(
                ("id", Text("^evt_")), ("type", Text()), ("seq", new OpenApiSchema { Type = JsonSchemaType.Integer }), ("aggregateID", Text()), ("data", new OpenApiSchema { Type = JsonSchemaType.Object }))));
        twin.Description = "Follows each event that makes state, with its number in its session.";
        var wrapped = Object(
            ("directory", Text()), ("project", Text()), ("payload", new OpenApiSchema { AnyOf = [new OpenApiSchemaReference(EventName, document), twin] }));
        wrapped.Required = new HashSet<string>(StringComparer.Ordinal) { "payload" };
        document.AddComponent(GlobalName, wrapped);
    }

    private static OpenApiSchema Object(params (string Name, IOpenApiSchema Schema)[] properties) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = properties.ToDictionary(static p => p.Name, static p => p.Schema, StringComparer.Ordinal),
        Required = properties.Select(static p => p.Name).ToHashSet(StringComparer.Ordinal),
    };

    private static OpenApiSchema Text(string? pattern = null) => new() { Type = JsonSchemaType.String, Pattern = pattern };

    private static OpenApiSchema Constant(string value) => new() { Type = JsonSchemaType.String, Enum = [value] };
}
