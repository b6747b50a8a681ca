namespace OpenCode.Actors;

/// <summary>A message that could not be delivered; published on the event stream. A diagnostic, never a mechanism.</summary>
/// <param name="Message">What was sent.</param>
/// <param name="Sender">Who sent it, if known.</param>
/// <param name="Recipient">To whom.</param>
/// <param name="Reason">Why it did not arrive.</param>
public sealed record DeadLetter(object Message, IActorRef? Sender, IActorRef Recipient, DeadLetterReason Reason);

/// <summary>Why a message was not delivered.</summary>
public enum DeadLetterReason
{
    /// <summary>The actor has ended, or the incarnation the message was for.</summary>
    Stopped,

    /// <summary>The mailbox was full.</summary>
    MailboxFull,

    /// <summary>There never was such an actor.</summary>
    NotFound,

    /// <summary>The answer came after the asker had gone.</summary>
    AskExpired,

    /// <summary>The stash was full.</summary>
    StashOverflow,
}

/// <summary>Marks a message whose loss is normal: as a dead letter it is counted, not published and not logged.</summary>
public interface IDeadLetterNoise;

/// <summary>A message that no behaviour of its receiver knew; published on the event stream.</summary>
/// <param name="Message">What was sent.</param>
/// <param name="Sender">Who sent it; the dead letters when unknown.</param>
/// <param name="Recipient">Who did not understand it.</param>
public sealed record UnhandledMessage(object Message, IActorRef Sender, IActorRef Recipient);
