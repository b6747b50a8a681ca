namespace OpenCode.Actors.Cells;

/// <summary>Measures silence. The timer is not moved at each message: when it fires it looks how long it was really silent, and sleeps the rest.</summary>
internal sealed class ReceiveTimeoutTimer(ActorCell cell) : SelfMessage
{
    private ITimer? _timer;
    private TimeSpan? _span;
    private long _lastMessage;
    private bool _isArmed;

    public void Set(TimeSpan? span)
    {
        _span = span;
        _timer?.Dispose();
        _timer = null;
        _isArmed = false;
        if (span is not { } wait)
            return;
        _lastMessage = cell.Time.GetTimestamp();
        Arm(wait);
    }

    public void OnMessage(object message)
    {
        if (_span is not { } span || message is INoInfluence or SelfMessage or ReceiveTimeout)
            return;
        _lastMessage = cell.Time.GetTimestamp();
        if (!_isArmed)
            Arm(span);
    }

    public override object? Open(ActorCell owner)
    {
        if (_span is not { } span || !_isArmed)
            return null;
        var silence = cell.Time.GetElapsedTime(_lastMessage);
        if (silence < span)
        {
            Arm(span - silence);
            return null;
        }

        _isArmed = false;
        return ReceiveTimeout.Instance;
    }

    private void Arm(TimeSpan wait)
    {
        _isArmed = true;
        if (_timer is null)
            _timer = cell.Time.CreateTimer(static state => ((ReceiveTimeoutTimer)state!).Fire(), this, wait, Timeout.InfiniteTimeSpan);
        else
            _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    private void Fire() => cell.TellSelf(this);
}
