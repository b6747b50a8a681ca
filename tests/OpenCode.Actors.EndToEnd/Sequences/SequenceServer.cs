using System.Text.Json.Nodes;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Sequences;

/// <summary>One server and one provider for all scenarios of a class; each scenario has sessions and a stream of its own.</summary>
public abstract class SequenceServer : IAsyncLifetime
{
    /// <summary>A provider of the configuration at whose address nothing listens.</summary>
    public const string DeadProvider = "dead";

    /// <summary>A model of the fake provider that takes 10,000 tokens.</summary>
    public const string SmallModel = "fake-small";

    private readonly TempFolder _folder = new();

    internal FakeProvider Provider { get; private set; } = null!;

    internal ServerProcess Server { get; private set; } = null!;

    protected abstract bool IsOpenCode { get; }

    public async Task InitializeAsync()
    {
        Provider = await FakeProvider.StartAsync();
        var config = Provider.Config();
        config["provider"]![FakeProvider.ProviderId]!["models"]![SmallModel] = new JsonObject { ["limit"] = new JsonObject { ["context"] = 10_000, ["output"] = 1_000 } };
        config["provider"]![DeadProvider] = new JsonObject
        {
            ["npm"] = "@ai-sdk/openai-compatible",
            ["options"] = new JsonObject { ["baseURL"] = $"http://127.0.0.1:{Ports.Free()}/v1", ["apiKey"] = "none" },
            ["models"] = new JsonObject { ["dead-1"] = new JsonObject() },
        };
        var setup = new ServerSetup { Folder = _folder, Config = config };
        if (!IsOpenCode)
            Server = await ServerProcess.StartAsync(setup);
        else if (Repository.Clients.ContainsModules)
            Server = await ServerProcess.StartAsync(setup with { IsOpenCode = true, Port = Ports.Free() });
    }

    public async Task DisposeAsync()
    {
        if (Server is not null)
            await Server.DisposeAsync();

        await Provider.DisposeAsync();
        _folder.Dispose();
    }
}

public sealed class OurSequenceServer : SequenceServer
{
    protected override bool IsOpenCode => false;
}

public sealed class OpenCodeSequenceServer : SequenceServer
{
    protected override bool IsOpenCode => true;
}
