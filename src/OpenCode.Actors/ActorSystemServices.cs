using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Doors;

namespace OpenCode.Actors;

/// <summary>Puts an actor system into a host.</summary>
public static class ActorSystemServices
{
    /// <summary>Adds the system, its registry and <see cref="IRequiredActor{TKey}"/>. Actors start with the host; its stop runs the coordinated shutdown.</summary>
    /// <param name="services">The services.</param>
    /// <param name="name">The name of the system.</param>
    /// <param name="build">Says what it consists of. Called again for the same services it adds to it.</param>
    /// <remarks>Takes <see cref="TimeProvider"/>, <see cref="IEntropy"/>, logging and metrics from the services where they are there.</remarks>
    public static IServiceCollection AddActorSystem(this IServiceCollection services, string name, Action<ActorSystemBuilder> build)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(build);
        if (services.FirstOrDefault(static s => s.ServiceType == typeof(ActorSystemBuilder))?.ImplementationInstance is ActorSystemBuilder present)
        {
            build(present);
            return services;
        }

        var builder = new ActorSystemBuilder();
        build(builder);
        services.AddSingleton(builder);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IEntropy>(SystemEntropy.Instance);
        services.TryAddSingleton<ActorRegistry>();
        services.TryAddSingleton(typeof(IRequiredActor<>), typeof(RequiredActor<>));
        services.TryAddSingleton(provider => ActorSystem.Create(name, new ActorSystemOptions
        {
            Time = provider.GetRequiredService<TimeProvider>(),
            Entropy = provider.GetRequiredService<IEntropy>(),
            LoggerFactory = provider.GetService<ILoggerFactory>() ?? NullLoggerFactory.Instance,
            Meters = provider.GetService<IMeterFactory>(),
        }));
        services.AddHostedService<HostedActorSystem>();
        return services;
    }

    private sealed class HostedActorSystem(ActorSystem system, ActorRegistry registry, ActorSystemBuilder builder, IServiceProvider services) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            builder.Start(system, registry, services);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => system.CoordinatedShutdown.RunAsync("the host stops").WaitAsync(cancellationToken);
    }
}
