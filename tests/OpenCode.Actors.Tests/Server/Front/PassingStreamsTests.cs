using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using OpenCode.Actors.Server.Front;
using OpenCode.Actors.Tests.TestKit.Doors;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Server.Front;

/// <summary>Rule "Order barrier" at a front.</summary>
public sealed class PassingStreamsTests
{
    private static readonly TimeSpan _stuck = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _headStart = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan _writeTimeout = TimeSpan.FromSeconds(1);

    private readonly VirtualTime _time = new();
    private readonly PassingStreams _streams;

    public PassingStreamsTests() => _streams = new PassingStreams(_time, _writeTimeout);

    [Fact]
    public async Task Without_streams_an_answer_does_not_wait() => await _streams.FlushedAsync(CancellationToken.None);

    [Fact]
    public async Task An_answer_waits_for_the_write_under_way_and_a_moment_more()
    {
        var client = new SlowStream();
        var stream = _streams.Pass(client, new DefaultHttpContext());
        var write = stream.WriteAsync(new byte[10]);

        var flushed = _streams.FlushedAsync(CancellationToken.None);
        _time.Advance(_headStart);
        Assert.False(flushed.IsCompleted);

        client.Taken.SetResult();
        await write;
        await AdvanceUntilAsync(flushed);
    }

    [Fact]
    public async Task A_stream_that_makes_no_progress_is_not_waited_for()
    {
        var client = new SlowStream();
        _ = _streams.Pass(client, new DefaultHttpContext()).WriteAsync(new byte[10]).AsTask();

        var flushed = _streams.FlushedAsync(CancellationToken.None);
        Assert.False(flushed.IsCompleted);
        await AdvanceUntilAsync(flushed);
    }

    [Fact]
    public async Task A_stream_that_has_ended_is_not_waited_for()
    {
        var context = new DefaultHttpContext();
        var ending = new Ending();
        context.Features.Set<IHttpResponseFeature>(ending);
        _ = _streams.Pass(new SlowStream(), context).WriteAsync(new byte[10]).AsTask();
        await ending.CompleteAsync();

        await _streams.FlushedAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_write_that_fails_counts_as_over()
    {
        var client = new SlowStream();
        var stream = _streams.Pass(client, new DefaultHttpContext());
        var write = stream.WriteAsync(new byte[10]).AsTask();
        client.Taken.SetException(new IOException("The client has gone."));
        await Assert.ThrowsAsync<IOException>(() => write);

        await AdvanceUntilAsync(_streams.FlushedAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_client_that_takes_nothing_within_the_write_timeout_is_cut_and_no_other()
    {
        var (slow, stuck, alive) = (new SlowStream(), new Life(), new Life());
        _ = _streams.Pass(slow, stuck.Context).WriteAsync(new byte[10]).AsTask();
        await _streams.Pass(new MemoryStream(), alive.Context).WriteAsync(new byte[10]);

        _time.Advance(_writeTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(stuck.RequestAborted.IsCancellationRequested);
        _time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.True(stuck.RequestAborted.IsCancellationRequested);
        Assert.False(alive.RequestAborted.IsCancellationRequested);
    }

    [Fact]
    public async Task A_client_that_takes_what_it_gets_may_be_slow()
    {
        var life = new Life();
        var slow = new SlowStream();
        var stream = _streams.Pass(slow, life.Context);
        for (var n = 0; n < 3; n++)
        {
            slow.Taken = new(TaskCreationOptions.RunContinuationsAsynchronously);
            var write = stream.WriteAsync(new byte[10]);
            _time.Advance(_writeTimeout / 2);
            slow.Taken.SetResult();
            await write;
        }

        _time.Advance(_writeTimeout * 2); // nothing to write
        Assert.False(life.RequestAborted.IsCancellationRequested);
    }

    [Fact]
    public async Task A_prompt_waits_for_the_streams_that_were_asked_for_before_it()
    {
        await _streams.OpenedAsync(CancellationToken.None);
        var opening = _streams.Open();

        var opened = _streams.OpenedAsync(CancellationToken.None);
        Assert.False(opened.IsCompleted);
        opening.Dispose();
        await opened;

        _streams.Open();
        await AdvanceUntilAsync(_streams.OpenedAsync(CancellationToken.None)); // not for ever
    }

    // The clock is; what waits for it goes on beside this test, on threads that may be late.
    private async Task AdvanceUntilAsync(Task flushed)
    {
        await OtherThreads.UntilAsync(() => flushed.IsCompleted, () => _time.Advance(_stuck));
        await flushed;
    }

    private sealed class Ending : HttpResponseFeature
    {
        private Func<Task> _end = static () => Task.CompletedTask;

        public Task CompleteAsync() => _end();

        public override void OnCompleted(Func<object, Task> callback, object state) => _end = () => callback(state);
    }

    private sealed class Life : HttpRequestLifetimeFeature, IHttpRequestLifetimeFeature
    {
        private readonly CancellationTokenSource _aborted = new();

        public Life()
        {
            RequestAborted = _aborted.Token;
            Context.Features.Set<IHttpRequestLifetimeFeature>(this);
        }

        public DefaultHttpContext Context { get; } = new();

        void IHttpRequestLifetimeFeature.Abort() => _aborted.Cancel();
    }

    private sealed class SlowStream : MemoryStream
    {
        public TaskCompletionSource Taken { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => new(Taken.Task);
    }
}
