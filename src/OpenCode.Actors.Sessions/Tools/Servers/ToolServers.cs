using System.Text.Json;
using Akka.Actor;
using OpenCode.Actors.Sessions.Actors;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Tools.Functions;
using OpenCode.Actors.Sessions.Tools.Outputs;

namespace OpenCode.Actors.Sessions.Tools.Servers;

/// <summary>The MCP servers of every location: their tools, their calls, and their status.</summary>
/// <param name="config">Which there are.</param>
/// <param name="actor">Gives the <see cref="ToolServersActor"/>, which starts later than this.</param>
/// <param name="outputs">Where long results are kept.</param>
/// <param name="time">The clock.</param>
internal sealed class ToolServers(IToolServerConfig config, Func<IActorRef> actor, IOutputFolder outputs, TimeProvider time) : ILocationTools
{
    private const int MostNamed = 50;

    // An actor always answers; this is for the end of the system.
    private static readonly TimeSpan _answerSlack = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public IReadOnlyList<string> PrefixesOf(string directory) => [.. Enabled(directory).Select(static spec => ServedNames.PrefixOf(spec.Name))];

    /// <inheritdoc/>
    public bool MayHave(IReadOnlyList<string> prefixes, string tool) => ServedNames.IsFree(tool) && prefixes.Any(prefix => tool.StartsWith(prefix, StringComparison.Ordinal));

    /// <inheritdoc/>
    /// <remarks>Starts the servers of the location. Those that were never reached have none.</remarks>
    public async Task<IReadOnlyList<ToolDefinition>> ListAsync(string directory, CancellationToken cancellationToken)
    {
        var specs = Tidy(directory);
        var reached = await Task.WhenAll(specs.Select(spec => ReachAsync(directory, spec, atOnce: false, cancellationToken)));
        return
        [
            .. specs.Zip(reached)
                .SelectMany(static pair => pair.Second.Tools.Select(tool => new ToolDefinition(ServedNames.Of(pair.First.Name, tool.Name), tool.Description, tool.InputSchema)))
                .Where(static tool => ServedNames.IsFree(tool.Name))
                .DistinctBy(static tool => tool.Name, StringComparer.Ordinal),
        ];
    }

    /// <inheritdoc/>
    public Props PropsFor(ToolCall call, ToolContext context) =>
        Props.CreateBy(new ActorProducer<FunctionToolActor>(() => new FunctionToolActor(call.CallId, cancellationToken => CallAsync(call, context, cancellationToken))));

    /// <summary>Returns the status of each server of a location: null for one that is switched off, an empty text for one that is connected, else the error.</summary>
    public async Task<IReadOnlyList<(string Name, string? Error)>> StatusAsync(string directory, CancellationToken cancellationToken)
    {
        Tidy(directory);
        return await Task.WhenAll(config.For(directory).Select(async spec => (spec.Name, spec.IsEnabled ? (await ReachAsync(directory, spec, atOnce: false, cancellationToken)).Error ?? "" : null)));
    }

    /// <summary>Ends the servers of a location that are not configured any more, or switched off.</summary>
    /// <returns>Those that are used.</returns>
    public IReadOnlyList<ToolServerSpec> Tidy(string directory)
    {
        var specs = Enabled(directory);
        actor().Tell(new ToolServersActor.EndUnconfigured(directory, [.. specs.Select(static spec => spec.Name)]));
        return specs;
    }

    /// <summary>Returns the servers of a location that are not switched off.</summary>
    public IReadOnlyList<ToolServerSpec> Enabled(string directory) => [.. config.For(directory).Where(static spec => spec.IsEnabled)];

    /// <summary>Connects to a server of a location.</summary>
    public Task<ToolServerActor.Reached> ReachAsync(string directory, ToolServerSpec spec, CancellationToken cancellationToken) => ReachAsync(directory, spec, atOnce: false, cancellationToken);

    /// <summary>Connects to a server at once, if it is not connected.</summary>
    public async Task RetryAsync(string directory, string name, CancellationToken cancellationToken)
    {
        foreach (var spec in Enabled(directory).Where(spec => spec.Name == name))
            await ReachAsync(directory, spec, atOnce: true, cancellationToken);
    }

    /// <summary>Carries out a call.</summary>
    /// <exception cref="ToolRefusedException">It has no result.</exception>
    public async Task<ToolOutcome> CallAsync(ToolCall call, ToolContext context, CancellationToken cancellationToken)
    {
        var refusal = $"There is no tool '{call.Name}' here any more.";
        foreach (var spec in Enabled(context.Directory).Where(spec => IsOf(spec, call.Name)))
        {
            var reached = await ReachAsync(context.Directory, spec, atOnce: false, cancellationToken);
            if (reached.Connection is not { } connection)
                refusal = $"The MCP server '{spec.Name}' is not connected: {reached.Error} Nothing was done. It is tried again by itself.";
            else if (reached.Tools.FirstOrDefault(tool => ServedNames.Of(spec.Name, tool.Name) == call.Name) is { } tool)
                return await CallAsync(spec, connection, tool.Name, call, context, cancellationToken);
            else
                refusal = $"The MCP server '{spec.Name}' has no tool '{call.Name}'. It has: {string.Join(", ", reached.Tools.Take(MostNamed).Select(known => ServedNames.Of(spec.Name, known.Name)))}{(reached.Tools.Count > MostNamed ? ", …" : "")}.";
        }

        throw new ToolRefusedException(refusal);
    }

    private async Task<ToolOutcome> CallAsync(ToolServerSpec spec, IToolServerConnection connection, string tool, ToolCall call, ToolContext context, CancellationToken cancellationToken)
    {
        using var silent = new CancellationTokenSource();
        using var deadline = time.CreateTimer(_ => silent.Cancel(), null, spec.CallTimeout, Timeout.InfiniteTimeSpan);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, silent.Token);
        try
        {
            var result = await connection.CallAsync(tool, call.Input, () => deadline.Change(spec.CallTimeout, Timeout.InfiniteTimeSpan), given.Token);
            var (text, path) = await LongResult.CutAsync(result.Text, outputs, $"{context.SessionId}-{call.CallId}");
            return result.IsError
                ? throw new ToolRefusedException(text.Length > 0 ? text : $"The MCP server '{spec.Name}' says that '{tool}' failed, and not why. Check the input, or do without it.")
                : new ToolOutcome("", text, new ServedMetadata(path is not null, path).ToJson()) { Files = result.Files };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ToolRefusedException($"The MCP server '{spec.Name}' did not answer within {spec.CallTimeout.TotalSeconds:0.#} s. What it did is not known. Its limit is mcp.{spec.Name}.timeout in the configuration.");
        }
        catch (ToolServerException e)
        {
            throw new ToolRefusedException($"The MCP server '{spec.Name}' gave no result: {e.Message} Call it again, or do without it.");
        }
    }

    private static bool IsOf(ToolServerSpec spec, string tool) => tool.StartsWith(ServedNames.PrefixOf(spec.Name), StringComparison.Ordinal);

    private async Task<ToolServerActor.Reached> ReachAsync(string directory, ToolServerSpec spec, bool atOnce, CancellationToken cancellationToken)
    {
        try
        {
            return await actor().Ask<ToolServerActor.Reached>(new ToolServersActor.Reach(directory, spec, atOnce), (2 * spec.ConnectTimeout) + _answerSlack, cancellationToken);
        }
        catch (AskTimeoutException)
        {
            return new ToolServerActor.Reached(null, [], "This server is stopping.");
        }
    }
}
