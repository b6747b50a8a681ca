using System.Collections.Concurrent;
using System.Diagnostics;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Tests.Server.Http;
using OpenCode.Actors.Tests.TestKit.Doors;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Server.Telemetry;

public sealed class TraceTests
{
    private const string TraceId = "4bf92f3577b34da6a3ce929d0e0e4736";

    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly TaskCompletionSource _firstFrame = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_command_is_followed_from_its_request_to_its_commit_and_its_first_frame()
    {
        using var listener = Listen();
        await using var server = await ServerKit.StartAsync();
        using var stream = new SseClient(await server.RespondAsync("GET", "/event"));
        await stream.UntilAsync("server.connected");

        await server.SendAsync("POST", "/session", "{}", ("traceparent", $"00-{TraceId}-00f067aa0ba902b7-01"));
        await OtherThreads.EndAsync(_firstFrame.Task);

        var command = Ended("session Create");
        Assert.Equal(Ended("Microsoft.AspNetCore.Hosting.HttpRequestIn").SpanId, command.ParentSpanId);
        Assert.Equal(command.SpanId, Ended("journal commit").ParentSpanId);
        Assert.Equal(command.SpanId, Ended("stream first frame").ParentSpanId);
        Assert.Equal(1, Ended("stream first frame").GetTagItem("journal.offset") is long offset ? offset : 0);
    }

    [Fact]
    public void Without_a_listener_nothing_is_kept_and_nothing_allocated()
    {
        using var traces = new JournalTraces(new VirtualTime());
        FollowOnce(traces);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            FollowOnce(traces);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void FollowOnce(JournalTraces traces)
    {
        Assert.Null(traces.Begin("ses_1", traces));
        Assert.Null(traces.Of("ses_1"));
        traces.Written(1, EntryFilter.All);
    }

    private Activity Ended(string name) => Assert.Single(_ended, activity => activity.OperationName == name);

    private ActivityListener Listen()
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is JournalTraces.SourceName or "Microsoft.AspNetCore",
            Sample = static (ref ActivityCreationOptions<ActivityContext> options) =>
                options.TraceId.ToHexString() == TraceId ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = activity =>
            {
                _ended.Enqueue(activity);
                if (activity.OperationName == "stream first frame")
                    _firstFrame.TrySetResult();
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }
}
