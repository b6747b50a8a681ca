using System.Diagnostics;
using System.Diagnostics.Tracing;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>Sees each work item that a watched thread queues to the thread pool, and each real timer it starts, with its stack.</summary>
/// <remarks>Other threads are not looked at, so tests that run in parallel do not disturb one another.</remarks>
internal sealed class PoolWatch : EventListener
{
    private const EventKeywords ThreadPoolAndTransfers = (EventKeywords)0x12;

    [ThreadStatic]
    private static List<string>? _sites;

    private static readonly Lazy<PoolWatch> _watch = new(Start);

    /// <summary>Watches the thread of the caller until <see cref="Disarm"/>.</summary>
    /// <param name="sites">Gets a line for each finding.</param>
    public static void Arm(List<string> sites)
    {
        _ = _watch.Value;
        _sites = sites;
    }

    public static void Disarm() => _sites = null;

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        ArgumentNullException.ThrowIfNull(eventSource);
        if (eventSource.Name == "System.Diagnostics.Eventing.FrameworkEventSource")
            EnableEvents(eventSource, EventLevel.Verbose, ThreadPoolAndTransfers);
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        ArgumentNullException.ThrowIfNull(eventData);
        if (_sites is not { } sites)
            return;

        if (eventData.EventName == "ThreadPoolEnqueueWork")
            sites.Add($"work was queued to the thread pool{Environment.NewLine}{new StackTrace(fNeedFileInfo: true)}");
        else if (eventData.EventName == "ThreadTransferSend" && new StackTrace(fNeedFileInfo: false).ToString() is var stack && !IsTimeoutOfAsk(stack))
            sites.Add($"a real timer was started{Environment.NewLine}{stack}");
    }

    // It only guards against a hang and is stopped by the answer.
    private static bool IsTimeoutOfAsk(string stack) => stack.Contains("Akka.Actor.Futures.", StringComparison.Ordinal);

    private static PoolWatch Start()
    {
        var watch = new PoolWatch();

        // The pool looks at the switch when it next takes work.
        using var taken = new ManualResetEventSlim();
        ThreadPool.UnsafeQueueUserWorkItem(static done => done.Set(), taken, preferLocal: false);
        taken.Wait();
        return watch;
    }
}
