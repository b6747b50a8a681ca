namespace OpenCode.Actors;

/// <summary>Says what a hosted actor system consists of.</summary>
public sealed class ActorSystemBuilder
{
    private readonly List<Action<ActorSystem, ActorRegistry, IServiceProvider>> _starters = [];

    internal ActorSystemBuilder()
    {
    }

    /// <summary>Starts actors with the host, in the order of the calls.</summary>
    /// <param name="start">Starts and registers them.</param>
    public ActorSystemBuilder WithActors(Action<ActorSystem, ActorRegistry> start)
    {
        ArgumentNullException.ThrowIfNull(start);
        return WithActors((system, registry, _) => start(system, registry));
    }

    /// <summary>Starts actors that need services with the host, in the order of the calls.</summary>
    /// <param name="start">Starts and registers them.</param>
    public ActorSystemBuilder WithActors(Action<ActorSystem, ActorRegistry, IServiceProvider> start)
    {
        ArgumentNullException.ThrowIfNull(start);
        _starters.Add(start);
        return this;
    }

    internal void Start(ActorSystem system, ActorRegistry registry, IServiceProvider services)
    {
        foreach (var start in _starters)
            start(system, registry, services);
    }
}
