using OpenCode.Actors.Asking;
using OpenCode.Actors.Cells;
using OpenCode.Actors.Mailboxes;

namespace OpenCode.Actors;

/// <content>What goes wrong in a system, counted and told in one place.</content>
public sealed partial class ActorSystem
{
    private long _deadLetterCount;
    private long _zombieCount;

    internal void DeadLetter(Envelope envelope, IActorRef recipient, DeadLetterReason reason)
    {
        Interlocked.Increment(ref _deadLetterCount);
        Metrics.MessageLost(reason);

        if (envelope.Sender is AskRef ask)
        {
            if (reason == DeadLetterReason.MailboxFull)
                ask.Fail(new MailboxOverflowException(recipient, (recipient as ActorCell)?.MailboxCapacity ?? 0));
            else if (reason == DeadLetterReason.StashOverflow)
                ask.Fail(new StashOverflowException(recipient, (recipient as ActorCell)?.StashCapacity ?? 0));
            else if (recipient.Equals(ask.Target))
                ask.Fail(new TargetTerminatedException(recipient));
        }

        // Not for a dead letter that found nobody either: it would go round for ever.
        if (envelope.Message is IDeadLetterNoise or ControlMessage or OpenCode.Actors.DeadLetter)
            return;
        var letter = new DeadLetter(envelope.Message, envelope.Sender, recipient, reason);
        _deadLetterLog.Add(letter);
        EventStream.Publish(letter);
    }

    internal void OnFailure(ActorPath actor, Exception cause, Directive directive)
    {
        switch (directive)
        {
            case Directive.Restart:
                Log.Restarting(actor, cause);
                break;
            case Directive.Stop:
                Log.Stopping(actor, cause);
                break;
            case Directive.Resume:
                Log.Resuming(actor, cause);
                break;
            default:
                Log.Escalating(actor, cause);
                break;
        }
    }

    internal void OnZombie(ActorPath actor, object? message)
    {
        Interlocked.Increment(ref _zombieCount);
        Metrics.ZombieLeft();
        Log.ZombieLeft(actor, message?.GetType().Name ?? "a hook");
    }

    internal void OnSlowMessage(ActorPath actor, object message, long milliseconds)
    {
        Metrics.MessageWasSlow();
        Log.SlowMessage(actor, milliseconds, message.GetType().Name);
    }

    /// <summary>Memory is gone or damaged: no actor can repair that, so the process ends in order while it still can.</summary>
    internal void OnFatal(ActorPath actor, Exception cause)
    {
        Log.Fatal(actor, cause);
        _ = CoordinatedShutdown.RunAsync("fatal failure");
    }

    internal void OnRootFailed(Exception cause)
    {
        Log.RootFailed(cause);
        _root.SendSystem(new StopRequest());
    }
}
