using OpenCode.Actors.Cells;

namespace OpenCode.Actors;

/// <summary>Announcements within one system: dead letters, unhandled messages, whatever parts publish. At most once, no history.</summary>
public sealed class EventStream
{
    private readonly Lock _lock = new();
    private volatile Subscription[] _subscriptions = [];

    internal EventStream()
    {
    }

    /// <summary>Sends what is published and is a <typeparamref name="T"/> to the actor, until it ends or unsubscribes.</summary>
    /// <typeparam name="T">A class or an interface.</typeparam>
    /// <param name="subscriber">The receiver. Twice is once.</param>
    public void Subscribe<T>(IActorRef subscriber)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        var subscription = new Subscription(typeof(T), subscriber);
        lock (_lock)
        {
            if (!_subscriptions.Contains(subscription))
                _subscriptions = [.. _subscriptions.Where(static s => !s.HasEnded), subscription];
        }
    }

    /// <summary>Takes all subscriptions of an actor back.</summary>
    /// <param name="subscriber">The receiver.</param>
    public void Unsubscribe(IActorRef subscriber)
    {
        lock (_lock)
            _subscriptions = [.. _subscriptions.Where(s => !s.HasEnded && !s.Subscriber.Equals(subscriber))];
    }

    /// <summary>Tells all who subscribed to the type of the message, a base of it or an interface.</summary>
    /// <param name="message">The announcement.</param>
    public void Publish(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        foreach (var subscription in _subscriptions)
        {
            if (subscription.Type.IsInstanceOfType(message) && !subscription.HasEnded)
                subscription.Subscriber.Tell(message);
        }
    }

    private sealed record Subscription(Type Type, IActorRef Subscriber)
    {
        public bool HasEnded => Subscriber is IInternalRef { IsTerminated: true };
    }
}
