namespace OpenCode.Actors.Tests.TestKit;

/// <summary>A timer of a <see cref="VirtualTime"/>.</summary>
/// <param name="action">What happens when it fires.</param>
/// <param name="period">Positive when it repeats.</param>
/// <param name="isCancelled">A second way to cancel it.</param>
internal sealed class VirtualAlarm(Action action, TimeSpan period, Func<bool>? isCancelled)
{
    private volatile bool _isCancelled;

    public TimeSpan Period => period;

    public bool IsCancelled => _isCancelled || isCancelled?.Invoke() == true;

    /// <summary>Gets or sets the time it fires next, in ticks.</summary>
    public long Due { get; set; }

    public void Cancel() => _isCancelled = true;

    /// <summary>Fires, unless it was cancelled after it became due.</summary>
    public void Fire()
    {
        if (!IsCancelled)
            action();
    }
}
