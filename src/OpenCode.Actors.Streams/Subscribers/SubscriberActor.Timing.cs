namespace OpenCode.Actors.Streams.Subscribers;

/// <content>Heartbeats, and the deadline of a write.</content>
internal sealed partial class SubscriberActor
{
    // Timestamps: the last byte sent; since when it has not moved on although there was something to do; when the timer ticks, 0 if it does not.
    private long _sentAt;
    private long _movedAt;
    private long _timerDueAt;

    private void OnTick()
    {
        _timerDueAt = 0;
        var now = Context.Time.GetTimestamp();
        switch (_state)
        {
            case State.Writing or State.Ending when Context.Time.GetElapsedTime(_movedAt, now) >= options.WriteTimeout:
                EndBy(new StreamEnd(StreamEndReason.Stalled, $"The client took nothing for {options.WriteTimeoutMs} ms."));
                break;
            case State.Writing or State.Ending:
                Arm(_movedAt, options.WriteTimeout);
                break;
            case State.Waiting or State.AwaitingPage when Context.Time.GetElapsedTime(_sentAt, now) >= options.Heartbeat:
                SendHeartbeat();
                break;
            default:
                Arm(_state is State.Reading or State.CatchingUp ? now : _sentAt, options.Heartbeat);
                break;
        }

        if (_timerDueAt == 0 && _state != State.Ended)
            Arm(now, options.Heartbeat);
    }

    private void SendHeartbeat()
    {
        // Looks once more, so that the heartbeat carries how far the log is by now. An event that is found is sign of life enough.
        if (_state == State.AwaitingPage || (!Fill() && _state == State.Waiting))
            _run.Add(events.Heartbeat(_wrapped, Id));
        else if (_run.Count == 0)
            return;

        _state = State.Reading;
        Pump();
    }

    /// <summary>Makes sure that a tick comes in time. One that is due earlier looks again then, so that an event does not have to touch the timer.</summary>
    private void Arm(long from, TimeSpan delay)
    {
        var due = from + (long)(delay.TotalSeconds * Context.Time.TimestampFrequency);
        if (_timerDueAt != 0 && _timerDueAt <= due)
            return;

        _timerDueAt = due;
        var left = Context.Time.GetElapsedTime(Context.Time.GetTimestamp(), due);
        Context.Timers.StartSingle(nameof(Tick), Tick.Instance, TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(left.TotalMilliseconds))));
    }
}
