using OpenCode.Actors.Cells;
using OpenCode.Actors.Mailboxes;

namespace OpenCode.Actors.Asking;

/// <summary>The temporary ref behind one question. Takes one answer; a later one is a dead letter.</summary>
/// <remarks>
/// The target is watched without messages: it reports the question when it dies before it was handled (see <see cref="ActorSystem.DeadLetter"/>), and remembers
/// it when it was handled without an answer (see <see cref="OpenAsks"/>).
/// </remarks>
internal abstract class AskRef(ActorSystem system, IInternalRef target) : IInternalRef
{
    private ActorPath? _path;

    public IInternalRef Target => target;

    public ActorSystem System => system;

    public ActorPath Path => Volatile.Read(ref _path) ?? MakePath();

    public bool IsTerminated => IsCompleted;

    public abstract bool IsCompleted { get; }

    public void Tell(object message, IActorRef? sender = null)
    {
        if (!TryAnswer(message))
            system.DeadLetter(new Envelope(message, sender), this, DeadLetterReason.AskExpired);
    }

    public abstract void Fail(Exception exception);

    public void SendSystem(SystemMessage message)
    {
        // Nobody waits for the end of a question; who asks for it is told that there is nothing to watch.
        if (message is WatchRequest watch)
            watch.Watcher.SendSystem(new DeathNotice(this, existenceConfirmed: false));
    }

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other) || (other is AskRef && Path.Equals(other.Path));

    public override bool Equals(object? obj) => Equals(obj as IActorRef);

    public override int GetHashCode() => Path.GetHashCode();

    public override string ToString() => Path.ToString();

    protected abstract bool TryAnswer(object message);

    private ActorPath MakePath()
    {
        var path = new ActorPath(system.TempPath, "$ask", system.NextUid());
        return Interlocked.CompareExchange(ref _path, path, null) ?? path;
    }
}
