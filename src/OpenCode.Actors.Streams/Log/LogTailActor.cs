using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Streams.Log;

/// <summary>Follows the journal: what is committed goes into the ring, and the readers that wait for it are woken.</summary>
/// <remarks>It cannot go on after a failure: an event would be missing. See <see cref="EventLogActor"/>.</remarks>
internal sealed class LogTailActor : ReceiveActor, IWithTimers
{
    /// <summary>How long the next page waits for readers that were woken. A reader that has not looked by then is not waited for again until it has.</summary>
    public static readonly TimeSpan LongestWave = TimeSpan.FromMilliseconds(100);

    private readonly EventLog _log;
    private readonly List<(long Offset, IActorRef Asker)> _askers = [];
    private readonly CancellationTokenSource _incarnation = new();
    private readonly Action _waveEnded;
    private bool _waits;
    private bool _isLate;

    public LogTailActor(EventLog log)
    {
        _log = log;
        var self = Self;
        _waveEnded = () => self.Tell(new WaveEnded());
        Receive<Advanced>(OnAdvanced);
        Receive<WaveEnded>(_ => OnWaveEnded(isLate: false));
        Receive<WaveIsLate>(_ => OnWaveEnded(isLate: true));
        Receive<ReportAt>(OnReportAt);
        Receive<Lost>(m => throw new LogTailLostException(Ring.End, m.Cause));
    }

    /// <summary>Waits until the ring has all up to an offset. Answered by <see cref="Reached"/>.</summary>
    /// <param name="Offset">An offset that was committed.</param>
    public sealed record ReportAt(long Offset);

    /// <summary>The ring has all up to that offset, and the readers that wait for it were woken.</summary>
    /// <param name="Offset">The offset that was asked for.</param>
    public sealed record Reached(long Offset) : IDeadLetterSuppression;

    public ITimerScheduler Timers { get; set; } = null!;

    private LogRing Ring => _log.Ring;

    private sealed record Advanced(EntryPage Page) : IDeadLetterSuppression;

    private sealed record WaveEnded : IDeadLetterSuppression;

    private sealed record WaveIsLate : IDeadLetterSuppression;

    private sealed record Lost(Exception Cause) : IDeadLetterSuppression;

    public static Props PropsFor(EventLog log) => Props.Create(() => new LogTailActor(log));

    protected override void PreStart() => Follow();

    protected override void PostStop()
    {
        _incarnation.Cancel();
        _incarnation.Dispose();
    }

    // One page, one message: a question for an offset has its turn between two pages.
    private void Follow() => NextPageAsync(Ring.End, _incarnation.Token)
        .PipeTo(Self, success: static page => new Advanced(page), failure: static cause => new Lost(cause));

    private async Task<EntryPage> NextPageAsync(long after, CancellationToken cancellationToken)
    {
        await _log.Journal.WaitBeyondAsync(after, cancellationToken);
        await foreach (var page in _log.Journal.ReadAsync(after, EntryFilter.All, cancellationToken))
            return page;

        throw new InvalidOperationException($"The journal has no page behind {after}, though its head is {_log.Journal.Head}.");
    }

    private void OnAdvanced(Advanced message)
    {
        _isLate = _isLate && !Ring.Wave.IsOver;
        Ring.Append(message.Page.Entries);
        Ring.WakeReaders();
        for (var i = _askers.Count - 1; i >= 0; i--)
        {
            if (_askers[i].Offset > Ring.End)
                continue;

            _askers[i].Asker.Tell(new Reached(_askers[i].Offset));
            _askers.RemoveAt(i);
        }

        _waits = !_isLate && Ring.Wave.TryWait(_waveEnded);
        if (_waits)
            Timers.StartSingleTimer(nameof(WaveIsLate), new WaveIsLate(), LongestWave);
        else
            Follow();
    }

    private void OnWaveEnded(bool isLate)
    {
        if (!_waits)
            return;

        (_waits, _isLate) = (false, isLate);
        Timers.Cancel(nameof(WaveIsLate));
        Follow();
    }

    private void OnReportAt(ReportAt message)
    {
        if (message.Offset <= Ring.End)
            Sender.Tell(new Reached(message.Offset));
        else
            _askers.Add((message.Offset, Sender));
    }
}
