using Akka.Configuration;
using Akka.Dispatch;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>Gives every dispatcher id of a system the same <see cref="SeededDispatcher"/>. Akka creates it by its name in the configuration.</summary>
public sealed class SeededDispatcherConfigurator : MessageDispatcherConfigurator
{
    private readonly SeededDispatcher _dispatcher;

    /// <summary>Initializes a new instance of the <see cref="SeededDispatcherConfigurator"/> class.</summary>
    public SeededDispatcherConfigurator(Config config, IDispatcherPrerequisites prerequisites)
        : base(config, prerequisites) => _dispatcher = new SeededDispatcher(this, SeededSystem.BeingCreated);

    /// <inheritdoc/>
    public override MessageDispatcher Dispatcher() => _dispatcher;
}
