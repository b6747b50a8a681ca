using OpenCode.Actors.Asking;
using OpenCode.Actors.Cells;
using OpenCode.Actors.Mailboxes;

namespace OpenCode.Actors;

/// <summary>For callers outside of actors: questions, and messages that wait for room.</summary>
public static class ActorRefExtensions
{
    /// <summary>Sends a message and returns the answer.</summary>
    /// <typeparam name="T">The type of the answer.</typeparam>
    /// <param name="target">Who is asked.</param>
    /// <param name="message">The question; the answer goes to its sender.</param>
    /// <param name="timeout">Greater than zero. <see cref="Timeout.InfiniteTimeSpan"/> only with a token that can be cancelled.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <returns>The answer. Actors pipe it to themselves instead of awaiting it, unless they want their mailbox to wait.</returns>
    /// <exception cref="AskTimeoutException">No answer in time.</exception>
    /// <exception cref="TargetTerminatedException">The target has ended without an answer.</exception>
    /// <exception cref="MailboxOverflowException">The target's mailbox is full; try again later.</exception>
    /// <exception cref="InvalidCastException">The answer is of another type.</exception>
    /// <remarks>The exception of a <see cref="Status.Failure"/> is thrown as it is. An answer that comes later is a dead letter.</remarks>
    public static Task<T> Ask<T>(this IActorRef target, object message, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return NewQuestion<T>(target, timeout, cancellationToken).Ask(message, cancellationToken);
    }

    /// <summary>Sends a message that holds the ref for the answer, and returns the answer.</summary>
    /// <typeparam name="T">The type of the answer.</typeparam>
    /// <param name="target">Who is asked.</param>
    /// <param name="message">Makes the question from the ref for the answer.</param>
    /// <param name="timeout">As in <see cref="Ask{T}(IActorRef, object, TimeSpan, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <inheritdoc cref="Ask{T}(IActorRef, object, TimeSpan, CancellationToken)" path="/exception"/>
    public static Task<T> Ask<T>(this IActorRef target, Func<IActorRef, object> message, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        var question = NewQuestion<T>(target, timeout, cancellationToken);
        return question.Ask(message(question), cancellationToken);
    }

    /// <summary>Sends a message as soon as the mailbox has room. For callers outside only: an actor that waits for another's mailbox is a deadlock in waiting.</summary>
    /// <param name="target">The receiver.</param>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives up waiting; the message is not sent then.</param>
    /// <exception cref="TargetTerminatedException">The target has ended; the message is a dead letter.</exception>
    public static ValueTask OfferAsync(this IActorRef target, object message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (target is ActorCell cell)
            return cell.OfferAsync(new Envelope(message, Sender: null), cancellationToken);
        target.Tell(message);
        return ValueTask.CompletedTask;
    }

    private static Question<T> NewQuestion<T>(IActorRef target, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (target is not IInternalRef known)
            throw new NotSupportedException($"{target.Path} is not a ref of this kernel and cannot be asked.");
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            if (!cancellationToken.CanBeCanceled)
                throw new ArgumentException("To wait for ever, give a token that can be cancelled.", nameof(timeout));
        }
        else
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(timeout, TimeSpan.Zero);
        }

        return new Question<T>(known.System, known, timeout);
    }
}
