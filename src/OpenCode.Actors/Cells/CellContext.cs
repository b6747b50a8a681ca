using OpenCode.Actors.Mailboxes;

namespace OpenCode.Actors.Cells;

/// <summary>Brings continuations of user code back to the system queue of their cell.</summary>
/// <remarks>
/// One serves a cell until user code in it had to be given up (see <see cref="UserWork"/>). Then the context is abandoned with that code: it goes on running in
/// turns of the cell, so that its finally blocks are executed, but what it does no longer counts.
/// </remarks>
internal sealed class CellContext(ActorCell cell) : SynchronizationContext
{
    private Orphan? _orphan;

    public bool IsAbandoned => _orphan is not null;

    /// <summary>Gets the message that was in hand when the context was abandoned.</summary>
    public Envelope AbandonedMessage => _orphan!.Message;

    public void Abandon(Envelope message) => _orphan = new Orphan(message);

    public override void Post(SendOrPostCallback d, object? state) => cell.SendSystem(new Continuation(this, d, state));

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException($"A synchronous call into the turn of {cell.Path} would block a thread. Tell it a message.");

    public override SynchronizationContext CreateCopy() => this;

    private sealed record Orphan(Envelope Message);
}
