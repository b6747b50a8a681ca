using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Streams.Subscribers;

/// <content>The end of all streams: last words first, then one reset after the other.</content>
internal sealed partial class SubscribersActor
{
    // Of the 5 s of a shutdown.
    private static readonly TimeSpan _lastWords = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _resetStep = TimeSpan.FromMilliseconds(50);

    private IActorRef? _drainer;
    private bool _isResetting;
    private Queue<IActorRef> _toReset = new();
    private int _resetsPerStep;

    private void OnDrain()
    {
        _drainer = Sender;
        LogDraining(_logger, _streams.Count);
        if (_streams.Count > 0)
        {
            Context.Timers.StartSingle(nameof(ResetAll), ResetAll.Instance, _lastWords);
            StartBarrier(new WaitFlushed(Location: null, log.Journal.Head), Self, [.. _streams.Keys], []);
        }

        ReportDrained();
    }

    private void OnResetAll()
    {
        if (_isResetting)
            return;

        _isResetting = true;
        Context.Timers.Cancel(nameof(ResetAll));
        _toReset = new Queue<IActorRef>(_streams.Keys);
        _resetsPerStep = (int)Math.Ceiling(_toReset.Count / Math.Max(1.0, options.DrainMs / _resetStep.TotalMilliseconds));
        ResetSome();
    }

    private void ResetSome()
    {
        var end = new StreamEnd(StreamEndReason.Drained, "The server stops.");
        for (var i = 0; i < _resetsPerStep && _toReset.TryDequeue(out var subscriber); i++)
            subscriber.Tell(new SubscriberActor.Reset(end), Self);
        if (_toReset.Count > 0)
            Context.Timers.StartSingle(nameof(ResetMore), ResetMore.Instance, _resetStep);
    }

    private void Reset(string why)
    {
        var end = new StreamEnd(StreamEndReason.Drained, why);
        foreach (var subscriber in _streams.Keys)
            subscriber.Tell(new SubscriberActor.Reset(end), Self);
    }

    private void ReportDrained()
    {
        if (_drainer is not null && _streams.Count == 0)
            _drainer.Tell(Drained.Instance, Self);
    }

    [LoggerMessage(EventId = 2005, Level = LogLevel.Information, Message = "Resetting {Count} streams: the server stops.")]
    private static partial void LogDraining(ILogger logger, int count);
}
