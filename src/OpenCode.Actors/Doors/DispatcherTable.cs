using OpenCode.Actors.Cells;

namespace OpenCode.Actors.Doors;

/// <summary>Finds the dispatcher that props name.</summary>
internal sealed class DispatcherTable(ActorSystemOptions options) : IDisposable
{
    private readonly Lazy<ThreadDispatcher> _blocking = new(() => new ThreadDispatcher("blocking", options.BlockingThreads));

    public IDispatcher Get(string name, ActorCell actor)
    {
        if (options.Dispatchers.TryGetValue(name, out var named))
            return named;
        return name switch
        {
            "pool" => PoolDispatcher.Instance,
            "pinned" => new PinnedDispatcher(actor.Path.Name),
            "blocking" => _blocking.Value,
            _ => throw new ArgumentException(
                $"There is no dispatcher '{name}' for {actor.Path}. Use pool, pinned or blocking, or add it to ActorSystemOptions.Dispatchers.", nameof(name)),
        };
    }

    /// <summary>Ends the thread of a pinned actor with the actor.</summary>
    public static void Release(IDispatcher dispatcher) => (dispatcher as PinnedDispatcher)?.Dispose();

    public void Dispose()
    {
        if (_blocking.IsValueCreated)
            _blocking.Value.Dispose();
    }
}
