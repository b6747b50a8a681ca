using OpenCode.Actors.Server.Storage;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>Looks whether the database answers: while it does not, commands are refused within a second, long before the lease is in question (RULES F1).</summary>
internal sealed class JournalPulse(OpenedDatabase database, NodeGate gate, TimeProvider time) : IHostedService, IAsyncDisposable
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(100);

    private ITimer? _timer;
    private bool _isStuck;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _timer = time.CreateTimer(static pulse => ((JournalPulse)pulse!).Look(), this, _interval, _interval);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public ValueTask DisposeAsync() => _timer?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void Look()
    {
        var isStuck = database.Journal.AwayFor is not null;
        if (isStuck != Interlocked.Exchange(ref _isStuck, isStuck))
            gate.NoteJournal(isStuck);
    }
}
