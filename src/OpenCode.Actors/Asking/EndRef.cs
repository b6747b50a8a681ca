using OpenCode.Actors.Cells;
using OpenCode.Actors.Mailboxes;

namespace OpenCode.Actors.Asking;

/// <summary>A temporary ref that waits for the end of an actor.</summary>
internal sealed class EndRef(ActorSystem system) : IInternalRef
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Ended => _ended.Task;

    public ActorSystem System => system;

    public ActorPath Path { get; } = new(system.TempPath, "$end", system.NextUid());

    public bool IsTerminated => _ended.Task.IsCompleted;

    public void Tell(object message, IActorRef? sender = null) =>
        system.DeadLetter(new Envelope(message, sender), this, DeadLetterReason.NotFound);

    public void SendSystem(SystemMessage message)
    {
        if (message is DeathNotice)
            _ended.TrySetResult();
        else if (message is WatchRequest watch)
            watch.Watcher.SendSystem(new DeathNotice(this, existenceConfirmed: false));
    }

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => Path.GetHashCode();
}
