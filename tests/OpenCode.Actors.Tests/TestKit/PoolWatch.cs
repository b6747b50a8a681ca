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

    // The time-out of an ask only guards against a hang and is stopped by the answer; the callbacks at the end of a system touch no actor.
    private static readonly string[] _harmless = ["Akka.Actor.Futures.", "Akka.Actor.Internal.TerminationCallbacks"];

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
            Add(sites, "work was queued to the thread pool");
        else if (eventData.EventName == "ThreadTransferSend")
            Add(sites, "a real timer was started");
    }

    private static void Add(List<string> sites, string what)
    {
        var stack = Stack();
        if (!_harmless.Any(frame => stack.Contains(frame, StringComparison.Ordinal)))
            sites.Add($"{what}{Environment.NewLine}{stack}");
    }

    /// <summary>Returns the stack from the culprit up to the step.</summary>
    private static string Stack()
    {
        var lines = new StackTrace(fNeedFileInfo: true).ToString().Split(Environment.NewLine);
        return string.Join(Environment.NewLine, lines
            .SkipWhile(static line => !line.Contains(" System.Threading.", StringComparison.Ordinal))
            .TakeWhile(static line => !line.Contains($".{nameof(StepRunner)}.", StringComparison.Ordinal)));
    }

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
