using Microsoft.Extensions.Logging;
using OpenCode.Actors.Server.Front;
using OpenCode.Actors.Storage.Sqlite.Doors;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Server.Front;

public sealed class HolderWatchTests : IDisposable
{
    private readonly VirtualTime _time = new();
    private readonly RecordingLogs _logs = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HolderLink _link;
    private readonly HolderWatch _watch;
    private bool _isFrozen;
    private TaskCompletionSource<bool>? _asked;

    public HolderWatchTests()
    {
        _link = new HolderLink(_time);
        _watch = new HolderWatch(_link, AnswerAsync, _time, _logs.CreateLogger<HolderWatch>());
        _link.Found(new("http://127.0.0.1:7", 77, "secret", HasPassword: false, new Dictionary<string, string>(StringComparer.Ordinal)));
    }

    public void Dispose() => _stop.Dispose();

    [Fact]
    public async Task A_holder_that_freezes_and_goes_on_is_logged_once_each()
    {
        var watching = Watch();
        _time.Advance(TimeSpan.FromSeconds(3));
        Assert.Empty(_logs.Records);

        _isFrozen = true;
        _time.Advance(TimeSpan.FromSeconds(60));
        var silent = Assert.Single(_logs.Records);
        Assert.Equal((LogLevel.Warning, 5036), (silent.Level, silent.EventId));
        Assert.Contains("process 77", silent.Message, StringComparison.Ordinal);

        GoOn();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([5036, 5037], _logs.Records.Select(static record => record.EventId));
        await _stop.CancelAsync();
        await watching;
    }

    [Fact]
    public async Task A_short_silence_and_a_holder_that_is_gone_are_not_logged()
    {
        var watching = Watch();
        _isFrozen = true;
        _time.Advance(HolderWatch.SilenceLimit - TimeSpan.FromSeconds(1));
        GoOn();
        _time.Advance(TimeSpan.FromSeconds(10));
        _link.Lost(_link.Holder!);
        _isFrozen = true;
        _time.Advance(TimeSpan.FromSeconds(60));

        Assert.Empty(_logs.Records);
        await _stop.CancelAsync();
        await watching;
    }

    // So that it goes on inside Advance, not on the thread pool.
    private Task Watch()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        return _watch.RunAsync(_stop.Token);
    }

    // A frozen process takes the connection and says nothing. Task.Delay would go on on the thread pool when it is cancelled.
    private Task<bool> AnswerAsync(HolderInfo holder, CancellationToken limit)
    {
        if (!_isFrozen)
            return Task.FromResult(true);

        var over = _asked = new TaskCompletionSource<bool>();
        limit.Register(() => over.TrySetResult(false));
        return over.Task;
    }

    private void GoOn()
    {
        _isFrozen = false;
        _asked?.TrySetResult(true);
    }
}
