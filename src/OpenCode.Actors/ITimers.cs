namespace OpenCode.Actors;

/// <summary>Keyed timers of one actor, on the system's <see cref="TimeProvider"/>. All are cancelled at restart and stop.</summary>
/// <remarks>
/// Starting a key again cancels the old timer, and a tick of it that is already in the mailbox is not seen. A tick is taken also by a full mailbox;
/// a timer has at most one in it.
/// </remarks>
public interface ITimers
{
    /// <summary>Sends the message to this actor once.</summary>
    /// <param name="key">Identifies the timer.</param>
    /// <param name="message">The message.</param>
    /// <param name="delay">Zero or more.</param>
    void StartSingle(object key, object message, TimeSpan delay);

    /// <summary>Sends the message again and again, each time that long after the one before was handled.</summary>
    /// <param name="key">Identifies the timer.</param>
    /// <param name="message">The message.</param>
    /// <param name="delay">Greater than zero.</param>
    void StartWithFixedDelay(object key, object message, TimeSpan delay);

    /// <summary>Sends the message once per interval; ticks that were missed are made up for.</summary>
    /// <param name="key">Identifies the timer.</param>
    /// <param name="message">The message.</param>
    /// <param name="interval">Greater than zero.</param>
    void StartAtFixedRate(object key, object message, TimeSpan interval);

    /// <summary>Cancels a timer, if it is there.</summary>
    /// <param name="key">Identifies the timer.</param>
    void Cancel(object key);

    /// <summary>Cancels all timers.</summary>
    void CancelAll();

    /// <summary>Returns whether the timer will tick (again).</summary>
    /// <param name="key">Identifies the timer.</param>
    bool IsActive(object key);
}
