using OpenCode.Actors.Cells;
using OpenCode.Actors.Mailboxes;

namespace OpenCode.Actors.Asking;

/// <summary>Where messages for nobody go.</summary>
internal sealed class DeadLettersRef(ActorSystem system, ActorPath path) : IInternalRef
{
    public ActorSystem System => system;

    public ActorPath Path => path;

    public bool IsTerminated => true;

    public void Tell(object message, IActorRef? sender = null)
    {
        ArgumentNullException.ThrowIfNull(message);
        system.DeadLetter(new Envelope(message, sender), this, DeadLetterReason.NotFound);
    }

    public void SendSystem(SystemMessage message)
    {
        if (message is WatchRequest watch)
            watch.Watcher.SendSystem(new DeathNotice(this, existenceConfirmed: false));
    }

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => path.GetHashCode();
}
