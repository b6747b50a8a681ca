using OpenCode.Actors.Mailboxes;

namespace OpenCode.Actors.Cells;

/// <summary>Brings continuations of user code back to the system queue of their cell.</summary>
/// <remarks>
/// One serves a cell until user code in it had to be given up (see <see cref="UserWork"/>); the first is the cell itself, so that most cells need no other.
/// It is abandoned with that code: the code goes on running in turns of the cell, so that its finally blocks are executed, but what it does no longer counts.
/// </remarks>
internal abstract class CellContext : SynchronizationContext
{
    private Orphan? _orphan;

    public bool IsAbandoned => _orphan is not null;

    /// <summary>Gets the message that was in hand when the context was abandoned.</summary>
    public Envelope AbandonedMessage => _orphan!.Message;

    protected abstract ActorCell Owner { get; }

    public void Abandon(Envelope message) => _orphan = new Orphan(message);

    public sealed override void Post(SendOrPostCallback d, object? state) => Owner.SendSystem(new Continuation(this, d, state));

    public sealed override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException($"A synchronous call into the turn of {Owner.Path} would block a thread. Tell it a message.");

    public sealed override SynchronizationContext CreateCopy() => this;

    private sealed record Orphan(Envelope Message);
}

/// <summary>The context of a cell whose first one was abandoned.</summary>
internal sealed class LaterContext(ActorCell cell) : CellContext
{
    protected override ActorCell Owner => cell;
}
