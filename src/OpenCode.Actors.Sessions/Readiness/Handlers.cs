namespace OpenCode.Actors.Sessions.Readiness;

/// <summary>Handlers that are called with each value, until each is disposed. Thread-safe.</summary>
internal sealed class Handlers<T>
{
    private readonly Lock _gate = new();
    private volatile Action<T>[] _handlers = [];

    /// <summary>Adds a handler, which may send a message to an actor and do no more.</summary>
    /// <returns>Removes the handler when it is disposed.</returns>
    public IDisposable Add(Action<T> handler)
    {
        lock (_gate)
            _handlers = [.. _handlers, handler];
        return new Handle(this, handler);
    }

    /// <summary>Calls all handlers.</summary>
    public void Invoke(T value)
    {
        foreach (var handler in _handlers)
            handler(value);
    }

    private sealed class Handle(Handlers<T> owner, Action<T> handler) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._gate)
                owner._handlers = [.. owner._handlers.Where(other => other != handler)];
        }
    }
}
