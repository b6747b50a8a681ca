using System.Diagnostics.Metrics;

namespace OpenCode.Actors;

/// <summary>What the kernel counts.</summary>
internal sealed class KernelMetrics : IDisposable
{
    private readonly Meter? _own;
    private readonly UpDownCounter<long> _live;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _restarts;
    private readonly Counter<long> _deadLetters;
    private readonly Counter<long> _zombies;
    private readonly Counter<long> _slowMessages;
    private readonly KeyValuePair<string, object?>[] _reasons;

    public KernelMetrics(IMeterFactory? meters)
    {
        var meter = meters?.Create("OpenCode.Actors") ?? (_own = new Meter("OpenCode.Actors"));
        _live = meter.CreateUpDownCounter<long>("opencode.actors.live", "{actor}", "Cells that have been started and have not ended.");
        _failures = meter.CreateCounter<long>("opencode.actors.failures", "{failure}", "Failures given to a supervisor.");
        _restarts = meter.CreateCounter<long>("opencode.actors.restarts", "{restart}", "Restarts that gave a sound instance.");
        _deadLetters = meter.CreateCounter<long>("opencode.actors.dead_letters", "{message}", "Messages that could not be delivered.");
        _zombies = meter.CreateCounter<long>("opencode.actors.zombies", "{handler}", "Async handlers and hooks given up because they ignored their token.");
        _slowMessages = meter.CreateCounter<long>("opencode.actors.slow_messages", "{message}", "Messages that held a thread for more than 100 ms.");
        _reasons = [.. Enum.GetValues<DeadLetterReason>().Select(static reason => KeyValuePair.Create("reason", (object?)Name(reason)))];
    }

    public void CellAdded() => _live.Add(1);

    public void CellEnded() => _live.Add(-1);

    public void Failed() => _failures.Add(1);

    public void Restarted() => _restarts.Add(1);

    public void MessageLost(DeadLetterReason reason) => _deadLetters.Add(1, _reasons[(int)reason]);

    public void ZombieLeft() => _zombies.Add(1);

    public void MessageWasSlow() => _slowMessages.Add(1);

    public void Dispose() => _own?.Dispose();

    private static string Name(DeadLetterReason reason) => reason switch
    {
        DeadLetterReason.Stopped => "stopped",
        DeadLetterReason.MailboxFull => "mailbox_full",
        DeadLetterReason.NotFound => "not_found",
        DeadLetterReason.AskExpired => "ask_expired",
        _ => "stash_overflow",
    };
}
