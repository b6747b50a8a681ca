using System.Diagnostics;
using OpenCode.Actors.Asking;
using OpenCode.Actors.Mailboxes;

namespace OpenCode.Actors.Cells;

/// <content>One message: handed to the behaviour, awaited, and what follows from its end.</content>
internal sealed partial class ActorCell
{
    private Envelope _current;
    private UserWork? _work;
    private UserWork? _spareWork;

    /// <summary>Gets the message in hand; its message is null between messages.</summary>
    public Envelope InHand => _current;

    /// <summary>Gets the number of questions that are remembered because they were handled without an answer.</summary>
    public int OpenAskCount => _rare?.Asks?.Count ?? 0;

    /// <summary>Gets who sent the message in hand.</summary>
    public IActorRef CurrentSender => _current.Sender ?? System.DeadLetters;

    public void RunContinuation(CellContext context, SendOrPostCallback callback, object? state)
    {
        if (!context.IsAbandoned)
        {
            Call(callback, state);
            return;
        }

        // The end of a zombie. Its own context is the current one, so whatever it asks of the cell is refused.
        var current = _current;
        _current = context.AbandonedMessage;
        SynchronizationContext.SetSynchronizationContext(context);
        Call(callback, state);
        _current = current;
    }

    public void OnWorkEnded(UserWork work)
    {
        Debug.Assert(ReferenceEquals(work, _work), "The cell waits for one work at a time.");
        _work = null;
        if (!work.IsHandler)
            return;

        var error = work.Error;
        if (work.Grace is null)
            _spareWork = work; // Not with a grace: its end may be in the queue and would hit the next work.
        UpdateHeld();
        if (error is not null)
            OnHandlerFailed(error);
        EndMessage();
    }

    public void OnGraceOver(UserWork work)
    {
        if (!ReferenceEquals(work, _work))
            return;

        System.OnZombie(Path, _current.Message);
        _context.Abandon(_current);
        _context = new LaterContext(this);
        _work = null;
        EndMessage();
        work.Abandon();
    }

    private void Handle(Envelope envelope)
    {
        _current = envelope;
        ValueTask task;
        try
        {
            var message = envelope.Message;
            if (message is ControlMessage control)
            {
                if (!Unwrap(control, ref message))
                {
                    EndMessage();
                    return;
                }

                _current = new Envelope(message, envelope.Sender);
            }

            task = _rare?.Behaviours is { Count: > 0 } behaviours ? behaviours.Peek()(message) : _actor!.Receive(message);
            if (!task.IsCompleted)
            {
                RememberAsk(envelope);
                BeginWork(task, isHandler: true);
                return;
            }

            task.GetAwaiter().GetResult(); // Throws what the handler threw; a pooled source goes back to its pool.
        }
        catch (Exception exception)
        {
            OnHandlerFailed(exception);
        }

        RememberAsk(envelope);
        EndMessage();
    }

    /// <summary>A question without an answer yet: who asked hears of it when this actor ends first.</summary>
    private void RememberAsk(Envelope envelope)
    {
        if (envelope.Sender is AskRef { IsCompleted: false } ask && ReferenceEquals(ask.Target, this))
            (Rare.Asks ??= new OpenAsks()).Add(ask);
    }

    /// <summary>Lets the cell understand what is for it. True: the message goes to the behaviour.</summary>
    private bool Unwrap(ControlMessage control, ref object message)
    {
        switch (control)
        {
            case PoisonPill:
                RequestStop();
                return false;
            case Kill:
                throw new ActorKilledException(this);
            case SelfMessage self when self.Open(this) is { } inner:
                message = inner;
                return true;
            default:
                return false;
        }
    }

    private void EndMessage()
    {
        if (_rare is { } rare)
        {
            rare.ReceiveTimeout?.OnMessage(_current.Message);
            rare.Stash?.OnMessageEnded();
        }

        _current = default;
    }

    private UserWork BeginWork(in ValueTask task, bool isHandler)
    {
        var work = _spareWork ?? new UserWork(this);
        _spareWork = null;
        _work = work;
        UpdateHeld();
        work.Begin(task, isHandler, _context);
        return work;
    }

    private void OnHandlerFailed(Exception exception)
    {
        // After the token of the incarnation was cancelled the way out by it is the right one.
        if (exception is OperationCanceledException && _incarnationEnded)
            return;
        Fail(exception, _current.Message);
    }

    private void Call(SendOrPostCallback callback, object? state)
    {
        try
        {
            callback(state);
        }
        catch (Exception exception)
        {
            // Only an async void method or a foreign Post throws here; it has no task that could carry the failure.
            Fail(exception, failedMessage: null);
        }
    }
}
