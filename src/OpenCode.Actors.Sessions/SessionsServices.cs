using Akka;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Instructions;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Live;
using OpenCode.Actors.Sessions.Metrics;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Sessions;

/// <summary>Registration of the sessions: <c>services.AddSessions()</c> for options and services, <c>akka.AddSessions()</c> for the actors.</summary>
public static class SessionsServices
{
    // Of the 5 s of a shutdown: a command that was asked to end has half a second, the rest is a slow disk's.
    private static readonly TimeSpan _quiesceTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Adds sessions. Needs metrics, an <see cref="IJournal"/>, an <see cref="IModelCatalog"/>, an <see cref="IAgentCatalog"/> and the tools to be registered too.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">Changes timings and limits.</param>
    /// <returns>The services.</returns>
    public static IServiceCollection AddSessions(this IServiceCollection services, Action<SessionsOptions>? configure = null)
    {
        services.AddOptions<SessionsOptions>().Configure(configure ?? (static _ => { })).ValidateOnStart()
            .Validate(o => o.PassivateAfterMs >= 1_000, "sessions: passivate after 1000 or more (milliseconds).")
            .Validate(o => o.MaxQueuedPrompts is >= 1 and <= 10_000, "server.limits.queued_prompts: give 1 to 10000.")
            .Validate(o => o.ModelSilenceMs >= 1_000, "server.limits.model_silence_ms: give 1000 or more (milliseconds).")
            .Validate(o => o.MaxRetries is >= 0 and <= 100, "sessions: try a failed model call again 0 to 100 times.")
            .Validate(o => o.RetryMinMs >= 1 && o.RetryMaxMs >= o.RetryMinMs, "sessions: the first wait before a retry is 1 or more (milliseconds), the longest no less.")
            .Validate(o => o.StoreTextBytes is >= 1 and <= 16_384, "sessions: store streamed text after 1 to 16384 (bytes).")
            .Validate(o => o.StoreTextMs is >= 1 and <= 1_000, "sessions: store streamed text after 1 to 1000 (milliseconds).")
            .Validate(o => o.AskTimeoutMs >= 1_000, "sessions: wait for an answer for 1000 or more (milliseconds).")
            .Validate(o => o.MaxOutstandingCommands >= 1, "sessions: allow 1 or more commands at the same time.");

        services.TryAddSingleton<SessionMetrics>();
        services.TryAddSingleton<ActorsEnd>();
        services.TryAddSingleton(MakeSetup);
        services.TryAddSingleton(static provider => new NodeAvailability(provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<ISessions>(static provider => new SessionsFacade(
            provider.GetRequiredService<IRequiredActor<SessionRegion>>(),
            provider.GetRequiredService<IRequiredActor<SessionIndexKey>>(),
            provider.GetRequiredService<ActorsEnd>(),
            provider.GetRequiredService<SessionSetup>()));
        return services;
    }

    /// <summary>Adds the actors: the journal's, the region of sessions, and the index of all sessions. At a shutdown open turns are closed before anything is stopped.</summary>
    /// <param name="akka">The actor system; needs <see cref="AddSessions(IServiceCollection, Action{SessionsOptions}?)"/> too.</param>
    /// <returns>The actor system.</returns>
    public static AkkaConfigurationBuilder AddSessions(this AkkaConfigurationBuilder akka) => akka.AddSessions(StartLocalRegion);

    /// <summary>Adds the actors with a region of another kind.</summary>
    /// <param name="akka">The actor system; needs <see cref="AddSessions(IServiceCollection, Action{SessionsOptions}?)"/> too.</param>
    /// <param name="startRegion">Starts what is registered as <see cref="SessionRegion"/>, given how to make a session. It takes <see cref="Deliver"/>.</param>
    /// <returns>The actor system.</returns>
    internal static AkkaConfigurationBuilder AddSessions(
        this AkkaConfigurationBuilder akka, Func<ActorSystem, SessionSetup, Func<SessionId, Props>, IActorRef> startRegion) => akka.WithActors((system, registry, services) =>
    {
        var setup = services.GetService<SessionSetup>();
        var journal = system.ActorOf(
            JournalActor.PropsFor(setup.Journal, new AppendLedger(), setup.Metrics, setup.Loggers.CreateLogger<JournalActor>(), setup.Claims, setup.Traces), "journal");
        var region = startRegion(system, setup, id => SessionActor.PropsFor(id, journal, setup));
        registry.Register<SessionRegion>(region);
        registry.Register<SessionIndexKey>(system.ActorOf(SessionIndexActor.PropsFor(region, setup), "index"));
        system.RegisterOnTermination(services.GetService<ActorsEnd>().Set);
    });

    /// <summary>Makes what all sessions share, of a node that is alone.</summary>
    internal static SessionSetup MakeSetup(IServiceProvider provider) => new(
        provider.GetRequiredService<IOptions<SessionsOptions>>().Value,
        provider.GetRequiredService<TimeProvider>(),
        provider.GetRequiredService<IEntropy>(),
        provider.GetRequiredService<IModelCatalog>(),
        provider.GetRequiredService<IToolbox>(),
        provider.GetRequiredService<IProcessHost>(),
        provider.GetRequiredService<IAgentCatalog>(),
        provider.GetRequiredService<SessionMetrics>(),
        provider.GetRequiredService<IJournal>(),
        provider.GetRequiredService<ILoggerFactory>())
    {
        Availability = provider.GetRequiredService<NodeAvailability>(),
        Files = provider.GetService<IFileWork>() ?? NoFiles.Instance,
        Servers = provider.GetService<ToolServerContents>(),
        Instructions = provider.GetService<SystemPrompts>(),
        Snapshots = provider.GetService<ISnapshots>(),
        AsksTitles = true,
        Traces = provider.GetService<JournalTraces>(),
    };

    private static IActorRef StartLocalRegion(ActorSystem system, SessionSetup setup, Func<SessionId, Props> propsFor)
    {
        var region = system.ActorOf(LocalSessionRegion.PropsFor(propsFor, setup.Time, setup.Metrics, setup.Loggers.CreateLogger<LocalSessionRegion>()), "sessions");
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceRequestsDone, "close-turns", async () =>
        {
            try
            {
                await region.Ask<LocalSessionRegion.Quiesced>(new LocalSessionRegion.Quiesce(), _quiesceTimeout);
            }
            finally
            {
                setup.Availability.Leave("The server stops."); // The turns that are open now wait for their user. No client should wait with them.
            }

            return Done.Instance;
        });
        return region;
    }
}
