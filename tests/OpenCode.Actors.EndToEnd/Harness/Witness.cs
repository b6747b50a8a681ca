using System.Diagnostics;
using Npgsql;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Commits to a database ten times a second, without any node: while a commit is late, the machine or the database stood still, and no node caused it.</summary>
internal sealed class Witness : IAsyncDisposable
{
    private static readonly TimeSpan _every = TimeSpan.FromMilliseconds(100);

    // A node refuses commands after 500 ms without an answer of the database. This sees less of a stall than a node does, hence 350 ms. A node recovers within the second time.
    private static readonly TimeSpan _owed = TimeSpan.FromMilliseconds(350);
    private static readonly TimeSpan _aftermath = TimeSpan.FromSeconds(5);

    private readonly List<(DateTime From, DateTime To)> _waits = [];
    private DateTime _due = DateTime.UtcNow;
    private readonly CancellationTokenSource _leave = new();
    private readonly Task _watching;

    public Witness(PostgresServer database) => _watching = Task.Run(() => WatchAsync(database.AdminConnectionString + ";Pooling=false"));

    /// <summary>Returns the longest time that a commit was late, as far as it lies between two moments (UTC).</summary>
    public TimeSpan LongestWait(DateTime from, DateTime to)
    {
        lock (_waits)
            return _waits.Append((From: _due, To: DateTime.UtcNow)).Select(wait => Earlier(wait.To, to) - Later(wait.From, from)).Append(TimeSpan.Zero).Max();
    }

    /// <summary>Returns whether a node had a reason to refuse a command then (UTC): while the database stands still it has to (must show 5), and it recovers a moment later.</summary>
    public bool Excuses(DateTime refusedAt) => LongestWait(refusedAt - _aftermath, refusedAt) > _owed;

    /// <summary>Returns when it was late by so much that a node refuses commands.</summary>
    public void Print(ITestOutputHelper output)
    {
        lock (_waits)
        {
            foreach (var (from, to) in _waits.Where(static wait => wait.To - wait.From > _owed))
                output.WriteLine($"{from:HH:mm:ss.fff} a commit was late by {(to - from).TotalMilliseconds:0} ms");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _leave.CancelAsync();
        await _watching;
        _leave.Dispose();
    }

    private async Task WatchAsync(string connectionString)
    {
        NpgsqlConnection? connection = null;
        while (!_leave.IsCancellationRequested)
        {
            try
            {
                connection ??= await OpenAsync(connectionString);
                await CommitAsync(connection);
                Note(DateTime.UtcNow);
                await Task.Delay(_every);
            }
            catch (NpgsqlException)
            {
                // The database is away: one long wait, until a commit succeeds again.
                if (connection is not null)
                    await connection.DisposeAsync();
                connection = null;
                await Task.Delay(_every);
            }
        }

        if (connection is not null)
            await connection.DisposeAsync();
    }

    private void Note(DateTime now)
    {
        lock (_waits)
        {
            _waits.Add((_due, now));
            _due = now + _every;
        }
    }

    private static DateTime Earlier(DateTime a, DateTime b) => a < b ? a : b;

    private static DateTime Later(DateTime a, DateTime b) => a > b ? a : b;

    private static async Task<NpgsqlConnection> OpenAsync(string connectionString)
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }

    // Written and synced like any commit, and never read.
    private static async Task CommitAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand("SELECT pg_logical_emit_message(true, 'witness', '')", connection);
        await command.ExecuteNonQueryAsync();
    }
}
