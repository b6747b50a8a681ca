namespace OpenCode.Actors.Cells;

/// <summary>What a cell puts into its own mailbox: opened when its turn comes, and void when it is out of date by then.</summary>
internal abstract class SelfMessage : ControlMessage
{
    /// <summary>Gets what is lost when the actor ends first; null for nothing.</summary>
    public virtual object? Undelivered => null;

    /// <summary>Returns the message for the actor, or null when there is none any more.</summary>
    public abstract object? Open(ActorCell cell);
}

internal sealed class DeathTicket(Terminated notice) : SelfMessage
{
    public Terminated Notice { get; } = notice;

    public override object? Open(ActorCell cell) => cell.Redeem(this) ? Notice : null;
}

/// <summary>The result of work under way, for the incarnation that began it.</summary>
internal sealed class PipedResult(int incarnation, object message) : SelfMessage
{
    public override object? Undelivered => message;

    public override object? Open(ActorCell cell)
    {
        if (cell.IncarnationNumber == incarnation)
            return message;
        cell.System.DeadLetter(new Mailboxes.Envelope(message, cell), cell, DeadLetterReason.Stopped);
        return null;
    }
}
