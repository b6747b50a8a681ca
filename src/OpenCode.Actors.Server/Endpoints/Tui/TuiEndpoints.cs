using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Server.Bodies;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Publishing;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Index;

namespace OpenCode.Actors.Server.Endpoints.Tui;

/// <summary>Commands of editors to the terminals of a location: one event each.</summary>
internal static class TuiEndpoints
{
    private static readonly (string Path, string Name, string Command)[] _commands =
    [
        ("/tui/open-help", "tui.openHelp", "help.show"),
        ("/tui/open-sessions", "tui.openSessions", "session.list"),
        ("/tui/open-themes", "tui.openThemes", "theme.switch"),
        ("/tui/open-models", "tui.openModels", "model.list"),
        ("/tui/submit-prompt", "tui.submitPrompt", "prompt.submit"),
        ("/tui/clear-prompt", "tui.clearPrompt", "prompt.clear"),
    ];

    public static IServiceCollection AddTui(this IServiceCollection services) => services.AddSingleton<TuiPublisher>();

    public static void MapTui(this IEndpointRouteBuilder routes)
    {
        var tui = routes.MapGroup("").WithTags("Tui").WithErrors();
        foreach (var (path, name, command) in _commands)
            tui.MapPost(path, (Location location, TuiPublisher terminals, CancellationToken cancellationToken) => terminals.CommandAsync(location, command, cancellationToken)).WithName(name).Produces<bool>();

        tui.MapPost("/tui/execute-command", ExecuteAsync).WithName("tui.executeCommand").Produces<bool>();
        tui.MapPost("/tui/append-prompt", AppendAsync).WithName("tui.appendPrompt").Produces<bool>();
        tui.MapPost("/tui/show-toast", ShowToastAsync).WithName("tui.showToast").Produces<bool>();
        tui.MapPost("/tui/select-session", SelectAsync).WithName("tui.selectSession").Produces<bool>();
        tui.MapPost("/tui/publish", PublishAsync).WithName("tui.publish").Produces<bool>();
    }

    private static Task<IResult> PublishAsync(Location location, Body<TuiPublish> body, TuiPublisher terminals, CancellationToken cancellationToken) =>
        terminals.PublishAsync(location, body.Value.Type, body.Value.Properties, cancellationToken);

    private static Task<IResult> AppendAsync(Location location, Body<JsonElement> body, TuiPublisher terminals, CancellationToken cancellationToken) =>
        terminals.PublishAsync(location, TuiEvents.PromptAppend, body.Value, cancellationToken);

    private static Task<IResult> ShowToastAsync(Location location, Body<JsonElement> body, TuiPublisher terminals, CancellationToken cancellationToken) =>
        terminals.PublishAsync(location, TuiEvents.ToastShow, body.Value, cancellationToken);

    private static async Task<IResult> ExecuteAsync(Location location, Body<JsonElement> body, TuiPublisher terminals, CancellationToken cancellationToken)
    {
        var request = body.Value;
        if (request.ValueKind != JsonValueKind.Object || !request.TryGetProperty("command", out var given) || given.ValueKind != JsonValueKind.String || given.GetString() is not { } name)
            return Refusals.BadBody("Give a string\n  at [\"command\"]");

        return TuiCommands.Find(name) is { } command
            ? await terminals.CommandAsync(location, command, cancellationToken)
            : Refusals.BadBody($"Unknown command '{name}'\n  at [\"command\"]");
    }

    private static async Task<IResult> SelectAsync(Location location, Body<JsonElement> body, ISessions sessions, TuiPublisher terminals, CancellationToken cancellationToken)
    {
        var request = body.Value;
        if (request.ValueKind != JsonValueKind.Object || !request.TryGetProperty("sessionID", out var given) || given.ValueKind != JsonValueKind.String || !SessionId.TryParse(given.GetString(), out var session))
            return Refusals.BadBody("Give the id of a session\n  at [\"sessionID\"]");

        return await sessions.AskAsync(new IndexQuery.Get(session), cancellationToken) is IndexQuery.Found
            ? await terminals.PublishAsync(location, TuiEvents.SessionSelect, request, cancellationToken)
            : SessionRefusals.Of(new Sessions.Commands.SessionNotFound(session));
    }
}
