namespace OpenCode.Actors;

/// <summary>What a full mailbox does. Whatever is lost becomes a dead letter with the reason <see cref="DeadLetterReason.MailboxFull"/>.</summary>
public enum OverflowPolicy
{
    /// <summary>The new message is lost; who asked gets a <see cref="MailboxOverflowException"/>.</summary>
    Reject,

    /// <summary>The oldest waiting message is lost.</summary>
    DropOldest,

    /// <summary>The newest waiting message is lost, the new one takes its place.</summary>
    DropNewest,

    /// <summary>The new message is lost and the actor fails with <see cref="MailboxOverflowException"/>.</summary>
    Fail,
}
