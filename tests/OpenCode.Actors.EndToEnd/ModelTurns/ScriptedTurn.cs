using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Providers;
using OpenCode.Actors.EndToEnd.Sequences;

namespace OpenCode.Actors.EndToEnd.ModelTurns;

/// <summary>A turn of a session of its own, through the whole server: HTTP in, the vendor's script behind, the event stream out.</summary>
internal sealed class ScriptedTurn : IAsyncDisposable
{
    private readonly ModelTurnsServer _host;
    private readonly ScriptedProvider _provider;
    private readonly string _model;
    private readonly int _before;

    private ScriptedTurn(ModelTurnsServer host, string vendor, string way, string session, SseClient stream)
    {
        (_host, Vendor, Session, Stream) = (host, Vendor.All[vendor], session, stream);
        _provider = host.Providers[vendor];
        _model = $"{vendor}-{way}";
        _provider.Forget();
        _before = _provider.Requests.Count;
    }

    public Vendor Vendor { get; }

    public ScriptedProvider Provider => _provider;

    public SseClient Stream { get; }

    public string Session { get; }

    /// <summary>Gets what the model was asked in this turn.</summary>
    public IReadOnlyList<ProviderRequest> Requests => [.. _provider.Requests.Skip(_before)];

    /// <summary>Gets the session's states and errors so far, from the stream.</summary>
    public IReadOnlyList<string> Statuses => [.. StepWriter.Write(Events, isOfOpenCode: false).Where(static step => step.Thread == Step.Status).Select(static step => step.What)];

    public IReadOnlyList<SseFrame> Events => [.. Stream.Events.Where(frame => frame.Session == Session)];

    public static async Task<ScriptedTurn> BeginAsync(ModelTurnsServer host, string vendor, string way = "own")
    {
        var stream = await host.Server.ListenAsync();
        await stream.WaitForTypeAsync("server.connected");
        return new ScriptedTurn(host, vendor, way, await host.Server.Api.CreateSessionAsync(new { title = "T" }), stream);
    }

    public void Answer(params Block[] blocks) => Vendor.Answer(_provider, blocks);

    public Task<Answered> AskAsync(string text) => AskAsync([new { type = "text", text }]);

    /// <summary>Prompts, and waits for the end of the turn, on the stream too.</summary>
    public async Task<Answered> AskAsync(object[] parts, string? system = null, object? format = null)
    {
        var from = Stream.Frames.Count;
        var answer = await _host.Server.Api.PostAsync($"/session/{Session}/message", new { parts, system, format, model = new { providerID = _model, modelID = "m" } });
        await Stream.WaitForTypeAsync("session.idle", Session, from);
        return new Answered(answer);
    }

    /// <summary>Waits until the stream shows that the model is tried again.</summary>
    public async Task<JsonElement> RetryAsync(int attempt) => (await Stream.WaitForAsync(
        frame => frame.Session == Session && frame.Type == "session.status" && frame.Properties.At("status", "attempt")?.GetInt32() == attempt, $"retry {attempt}")).Properties.GetProperty("status");

    /// <summary>Joins the deltas of all parts of a kind.</summary>
    public string Deltas(string type)
    {
        var parts = Events.Where(frame => frame.Type == "message.part.updated" && frame.Properties.Text("part", "type") == type).Select(static frame => frame.Properties.Text("part", "id")).ToHashSet();
        return string.Concat(Events.Where(frame => frame.Type == "message.part.delta" && parts.Contains(frame.Properties.Text("partID"))).Select(static frame => frame.Properties.Text("delta")));
    }

    /// <summary>Reads the tool parts of the session: the state of each, by its call.</summary>
    public async Task<IReadOnlyDictionary<string, JsonElement>> ToolsAsync() => (await _host.Server.Api.MessagesAsync(Session))
        .SelectMany(static message => message.GetProperty("parts").EnumerateArray())
        .Where(static part => part.Text("type") == "tool")
        .ToDictionary(static part => part.Text("callID")!, static part => part.GetProperty("state"), StringComparer.Ordinal);

    public async ValueTask DisposeAsync() => await Stream.DisposeAsync();
}

/// <summary>What <c>POST /session/{id}/message</c> gave.</summary>
internal sealed record Answered(JsonElement Json)
{
    public JsonElement Info => Json.GetProperty("info");

    /// <summary>Gets the kind, status and message of its error.</summary>
    public (string? Name, int? Status, string? Message) Error =>
        (Info.Text("error", "name"), Info.At("error", "data", "statusCode")?.GetInt32(), Info.Text("error", "data", "message"));

    public string Texts(string type) => string.Join('|', Json.GetProperty("parts").EnumerateArray().Where(part => part.Text("type") == type).Select(static part => part.Text("text")));
}
