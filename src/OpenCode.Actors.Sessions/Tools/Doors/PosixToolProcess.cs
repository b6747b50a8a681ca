using System.Diagnostics;
using System.Globalization;

namespace OpenCode.Actors.Sessions.Tools.Doors;

/// <summary>A command under its guard. Three pipes: the guard's stdin (its end kills the group), the group's output, the leader's reports.</summary>
/// <remarks>Its continuations do not go back to the actor that called: a process is ended whatever became of the actor.</remarks>
internal sealed class PosixToolProcess : IToolProcess
{
    private const int KilledExitCode = 128 + ProcessGroups.Kill;

    private readonly Process _guard;
    private readonly TimeSpan _killGrace;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<int> _exitCode = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly byte[] _buffer = new byte[64 * 1024]; // A pipe holds as much: one read empties it.
    private readonly Lock _killing = new();
    private ITimer? _graceTimer;
    private bool _outputEnded;
    private bool _released;

    public PosixToolProcess(Process guard, TimeSpan killGrace, TimeProvider time)
    {
        (_guard, _killGrace, _time) = (guard, killGrace, time);
        Mark = new ProcessMark(0, 0, "");
    }

    public ProcessMark Mark { get; private set; }

    public Task<int> ExitCode => _exitCode.Task;

    /// <summary>Waits until the leader has reported itself, just before it starts the command.</summary>
    public async ValueTask WaitForLeaderAsync(CancellationToken cancellationToken)
    {
        var report = await _guard.StandardError.ReadLineAsync(cancellationToken).ConfigureAwait(false);
        Mark = (report is null ? null : ProcessGroups.Parse(report))
            ?? throw new ToolProcessException($"The command could not be started: its guard said '{report}' instead of a process id.");
        _ = WatchExitAsync();
    }

    public async ValueTask<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        var byteCount = await _guard.StandardOutput.BaseStream.ReadAsync(_buffer, cancellationToken).ConfigureAwait(false);
        _outputEnded |= byteCount == 0;
        return _buffer.AsMemory(0, byteCount);
    }

    public void Kill()
    {
        lock (_killing)
        {
            if (_released || _graceTimer is not null)
                return;

            if (ProcessGroups.Signal(Mark, ProcessGroups.Terminate))
                _graceTimer = _time.CreateTimer(_ => Release(), null, _killGrace, Timeout.InfiniteTimeSpan);
            else
                Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await DrainAsync().ConfigureAwait(false);
        Release();
        await _guard.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        _exitCode.TrySetResult(KilledExitCode);
        _guard.StandardOutput.Dispose(); // Process.Dispose leaves open what was read by its caller, until the garbage collector comes by.
        _guard.StandardError.Dispose();
        _guard.Dispose();
    }

    // The end of the output means that the group has ended: a command that stops at once needs no wait for the grace period.
    private async ValueTask DrainAsync()
    {
        using var grace = new CancellationTokenSource(_killGrace, _time);
        try
        {
            while (!_outputEnded)
                await ReadAsync(grace.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The grace is over, or a process that left the group keeps the output open.
        }
    }

    // Closing its pipe makes the guard kill the group. The signal from here is for the case that the guard itself was killed.
    private void Release()
    {
        lock (_killing)
        {
            if (_released)
                return;

            _released = true;
            _graceTimer?.Dispose();
            _guard.StandardInput.Dispose();
            ProcessGroups.Signal(Mark, ProcessGroups.Kill);
        }
    }

    private async Task WatchExitAsync()
    {
        try
        {
            var report = await _guard.StandardError.ReadLineAsync(CancellationToken.None).ConfigureAwait(false);
            _exitCode.TrySetResult(int.TryParse(report, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : KilledExitCode);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            _exitCode.TrySetResult(KilledExitCode); // Disposed before the leader had anything to report.
        }
    }
}
