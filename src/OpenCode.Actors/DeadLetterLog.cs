namespace OpenCode.Actors;

/// <summary>Lets the first few dead letters into the log, then none for a while: a flood of them must not become a flood of lines.</summary>
internal sealed class DeadLetterLog(KernelLog log, TimeProvider time)
{
    public const int Burst = 10;
    public static readonly TimeSpan Silence = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private int _logged;
    private long _unlogged;
    private long _silentSince;

    public void Add(DeadLetter letter)
    {
        lock (_lock)
        {
            if (_logged >= Burst)
            {
                if (time.GetElapsedTime(_silentSince) < Silence)
                {
                    _unlogged++;
                    return;
                }

                log.DeadLettersResumed(_unlogged);
                _logged = 0;
                _unlogged = 0;
            }

            log.DeadLetter(letter.Message.GetType().Name, letter.Sender?.Path, letter.Recipient.Path, letter.Reason);
            if (++_logged < Burst)
                return;
            _silentSince = time.GetTimestamp();
            log.DeadLettersSilenced(Silence);
        }
    }
}
