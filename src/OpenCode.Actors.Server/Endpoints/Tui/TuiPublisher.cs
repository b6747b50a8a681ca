using System.Text.Json;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Publishing;

namespace OpenCode.Actors.Server.Endpoints.Tui;

/// <summary>Checks and publishes a client's command to terminals, and makes the answer.</summary>
internal sealed class TuiPublisher(EventPublisher events, ProjectCatalog projects)
{
    public Task<IResult> CommandAsync(Location location, string command, CancellationToken cancellationToken) =>
        PublishAsync(location, TuiEvents.CommandExecute, JsonSerializer.SerializeToElement(new Dictionary<string, string>(StringComparer.Ordinal) { ["command"] = command }, TuiJson.Default.DictionaryStringString), cancellationToken);

    public async Task<IResult> PublishAsync(Location location, string type, JsonElement given, CancellationToken cancellationToken)
    {
        if (!TuiEvents.TryMake(type, given, out var properties, out var mistake))
            return Refusals.BadBody(mistake);

        var (_, refusal) = await events.PublishAsync(type, await projects.PlaceOfAsync(location), properties, cancellationToken);
        return refusal is null ? TypedResults.Ok(true) : SessionRefusals.Of(refusal);
    }
}
