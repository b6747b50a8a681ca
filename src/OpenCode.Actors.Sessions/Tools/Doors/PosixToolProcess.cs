using System.Diagnostics;
using System.Globalization;

namespace OpenCode.Actors.Sessions.Tools.Doors;

/// <summary>A command under its guard. Four pipes: the guard's stdin (its end kills the group and what left it), the command's two outputs, the leader's reports.</summary>
/// <remarks>Its continuations do not go back to the actor that called: a process is ended whatever ends the actor.</remarks>
internal sealed class PosixToolProcess : IToolProcess
{
    private const int KilledExitCode = 128 + ProcessGroups.Kill;
    private const int MostPolls = 50;
    private static readonly TimeSpan _becomesProgram = TimeSpan.FromMilliseconds(5);

    // When it is polled whether what was left in the background still runs: most is gone in a moment.
    private static readonly TimeSpan _firstPoll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan _mostBetweenPolls = TimeSpan.FromSeconds(5);

    private readonly Process _guard;
    private readonly Output[] _outputs;
    private readonly string _label;
    private readonly TimeSpan _killGrace;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<int> _exitCode = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<(int Id, long StartTime), int> _emptyPolls = [];
    private readonly Lock _killing = new();
    private ITimer? _graceTimer;
    private Task _signallingStrays = Task.CompletedTask;
    private bool _released;
    private bool _nothingIsLeft;
    private bool _isDisposed;

    public PosixToolProcess(Process guard, IEnumerable<Stream> outputs, string label, TimeSpan killGrace, TimeProvider time)
    {
        (_guard, _label, _killGrace, _time) = (guard, label, killGrace, time);
        _outputs = [.. outputs.Select(static output => new Output(output))];
        Mark = new ProcessMark(0, 0, "");
    }

    public ProcessMark Mark { get; private set; }

    public Stream Input { get; set; } = Stream.Null;

    public Task<int> ExitCode => _exitCode.Task;

    /// <summary>Gets what ends when nothing of the command is left.</summary>
    public Task Gone => _gone.Task;

    /// <summary>Waits until the leader has reported itself, just before it starts the command.</summary>
    public async ValueTask WaitForLeaderAsync(CancellationToken cancellationToken)
    {
        var report = await _guard.StandardError.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        Mark = (report is null ? null : ProcessGroups.Parse(report))
            ?? throw new ToolProcessException($"The command could not be started: its guard said '{report}' instead of a process id. Call it again.");
        _ = WatchExitAsync();
    }

    public ValueTask<ReadOnlyMemory<byte>> ReadAsync(OutputPipe pipe, CancellationToken cancellationToken) => _outputs[(int)pipe].ReadAsync(cancellationToken);

    // The caller may be an actor, and the environments of all processes take a while to read.
    public void Kill()
    {
        if (KillGroup() is { } command)
            _ = Task.Run(() => ProcessGroups.SignalStrays([command], ProcessGroups.Terminate));
    }

    /// <summary>Begins to end the group.</summary>
    /// <returns>The command, when what left its group has to be signalled too.</returns>
    public (ProcessMark Mark, string Label)? KillGroup()
    {
        lock (_killing)
        {
            if (_released || _graceTimer is not null)
                return null;

            if (ProcessGroups.Signal(Mark, ProcessGroups.Terminate))
                _graceTimer = _time.CreateTimer(_ => Release(), null, _killGrace, Timeout.InfiniteTimeSpan);
            else
                Release();
            return _released || _nothingIsLeft ? null : (Mark, _label);
        }
    }

    public async ValueTask LeaveAsync()
    {
        if (await HasMembersAsync().ConfigureAwait(false))
            _ = WatchBackgroundAsync();
        else
            await DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        lock (_killing)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }

        Kill();
        await DrainAsync().ConfigureAwait(false);
        await Release().ConfigureAwait(false);
        await _guard.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        _exitCode.TrySetResult(KilledExitCode);
        foreach (var output in _outputs)
            output.Dispose(); // Process.Dispose leaves open what was read by its caller, until the garbage collector comes by.
        await Input.DisposeAsync().ConfigureAwait(false);
        _guard.StandardOutput.Dispose();
        _guard.StandardError.Dispose();
        _guard.Dispose();
        _gone.TrySetResult();
    }

    // Background processes may write on, as they could to a terminal: without a reader their next line would end them.
    private async Task WatchBackgroundAsync()
    {
        using var killed = new CancellationTokenSource();
        var draining = Task.WhenAll(_outputs.Select(output => output.DrainAsync(killed.Token)));
        var delay = _firstPoll;
        do
        {
            await Task.Delay(delay, _time).ConfigureAwait(false);
            delay = delay * 2 < _mostBetweenPolls ? delay * 2 : _mostBetweenPolls;
        }
        while (!IsReleased() && await HasMembersAsync().ConfigureAwait(false));

        await killed.CancelAsync().ConfigureAwait(false);
        await draining.ConfigureAwait(false);
        await DisposeAsync().ConfigureAwait(false);
    }

    private async ValueTask<bool> HasMembersAsync()
    {
        bool? hasMembers = null;
        for (var poll = 0; poll < MostPolls && (hasMembers = await Task.Run(() => ProcessGroups.HasMembers((Mark, _label), _emptyPolls)).ConfigureAwait(false)) is null; poll++)
            await Task.Delay(_becomesProgram, _time).ConfigureAwait(false);

        lock (_killing)
            _nothingIsLeft = hasMembers == false;
        return hasMembers == true;
    }

    private bool IsReleased()
    {
        lock (_killing)
            return _released;
    }

    // The end of the command and its outputs means that the group has ended: a command that stops at once needs no wait for the grace period.
    private async ValueTask DrainAsync()
    {
        using var grace = new CancellationTokenSource(_killGrace, _time);
        await Task.WhenAll(_outputs.Select(output => output.DrainAsync(grace.Token))).ConfigureAwait(false);
        if (!IsReleased())
            await Task.WhenAny(_exitCode.Task, Task.Delay(Timeout.InfiniteTimeSpan, grace.Token)).ConfigureAwait(false);
    }

    // Closing its pipe makes the guard kill the group and its strays. The signals from here are for the case that the guard itself was killed.
    private Task Release()
    {
        lock (_killing)
        {
            if (_released)
                return _signallingStrays;

            _released = true;
            _graceTimer?.Dispose();
            CloseGuard();
            ProcessGroups.Signal(Mark, ProcessGroups.Kill);
            if (!_nothingIsLeft)
                _signallingStrays = Task.Run(() => ProcessGroups.SignalStrays([(Mark, _label)], ProcessGroups.Kill));
            if (!_guard.HasExited)
                ProcessGroups.Continue(_guard.Id); // The command may have stopped it.
            return _signallingStrays;
        }
    }

    private void CloseGuard()
    {
        try
        {
            if (_nothingIsLeft)
                _guard.StandardInput.WriteLine("done");
            _guard.StandardInput.Dispose();
        }
        catch (IOException)
        {
            // It was killed.
        }
    }

    private async Task WatchExitAsync()
    {
        try
        {
            var report = await _guard.StandardError.ReadLineAsync(CancellationToken.None).ConfigureAwait(false);
            _exitCode.TrySetResult(report?.StartsWith("end ", StringComparison.Ordinal) == true && int.TryParse(report.AsSpan("end ".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : KilledExitCode);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _exitCode.TrySetResult(KilledExitCode); // Disposed before the leader had anything to report.
        }
    }

    /// <summary>The read end of one output.</summary>
    private sealed class Output(Stream pipe) : IDisposable
    {
        private readonly byte[] _buffer = new byte[64 * 1024]; // A pipe holds as much: one read empties it.
        private bool _hasEnded;

        public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
        {
            var byteCount = await pipe.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
            _hasEnded |= byteCount == 0;
            return _buffer.AsMemory(0, byteCount);
        }

        /// <summary>Reads to the end, and keeps nothing.</summary>
        public async Task DrainAsync(CancellationToken cancellationToken)
        {
            try
            {
                while (!_hasEnded)
                    await ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                // A process that left the group keeps it open.
            }
        }

        public void Dispose() => pipe.Dispose();
    }
}
