using System.Collections.Concurrent;

namespace OpenCode.Actors;

/// <summary>The well-known actors of a system, by a type that names them.</summary>
public sealed class ActorRegistry
{
    private readonly ConcurrentDictionary<Type, IActorRef> _actors = new();

    /// <summary>Adds an actor.</summary>
    /// <typeparam name="TKey">Names it; often an empty class.</typeparam>
    /// <param name="actor">The actor.</param>
    /// <exception cref="InvalidOperationException">The key is taken.</exception>
    public void Register<TKey>(IActorRef actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!_actors.TryAdd(typeof(TKey), actor))
            throw new InvalidOperationException($"{typeof(TKey).Name} is registered twice: {_actors[typeof(TKey)].Path} and {actor.Path}.");
    }

    /// <summary>Returns an actor.</summary>
    /// <typeparam name="TKey">Names it.</typeparam>
    /// <exception cref="InvalidOperationException">Nobody is registered under that key (yet).</exception>
    public IActorRef Get<TKey>() => _actors.TryGetValue(typeof(TKey), out var actor)
        ? actor
        : throw new InvalidOperationException($"No actor is registered as {typeof(TKey).Name}. Register it in AddActorSystem(..., b => b.WithActors(...)); actors start with the host.");
}

/// <summary>A well-known actor, for a constructor that needs it.</summary>
/// <typeparam name="TKey">Names the actor.</typeparam>
public interface IRequiredActor<TKey>
{
    /// <summary>Gets the actor.</summary>
    /// <exception cref="InvalidOperationException">The host has not started, or nobody registers it.</exception>
    IActorRef ActorRef { get; }
}

internal sealed class RequiredActor<TKey>(ActorRegistry registry) : IRequiredActor<TKey>
{
    public IActorRef ActorRef => registry.Get<TKey>();
}
