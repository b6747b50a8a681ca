using System.Globalization;
using System.Threading.Channels;
using Npgsql;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Storage.Postgres.Batches;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>Stamped events on plain Npgsql, at a rate: take all that waits, append it as one batch, tell it on a second connection, repeat.</summary>
internal sealed class RawStamps(RawWriter writer, NpgsqlConnection notify, NpgsqlCommand notice) : INodeWork
{
    public const string Kind = "stamp raw";

    private const int MaxBatch = 1_000;

    // No client waits for its commit.
    private const string Notice = $"SELECT set_config('synchronous_commit', 'off', true), pg_notify('{PostgresHints.Channel}', $1)";

    private long _head;
    private long _told;

    public static async Task<RawStamps> OpenAsync(NodeTask task, string id)
    {
        var writer = await RawWriter.OpenAsync(task, id);
        var notify = new NpgsqlConnection(task.Target);
        await notify.OpenAsync();
        var notice = new NpgsqlCommand(Notice, notify) { Parameters = { new NpgsqlParameter<string> { TypedValue = "" } } };
        await notice.PrepareAsync();
        return new(writer, notify, notice);
    }

    public async Task<NodeAnswer> RunAsync(NodeTask task, long begin)
    {
        var waiting = Channel.CreateUnbounded<EntryDraft>();
        var pace = Pace.RunAsync(task, begin, (first, count) =>
        {
            foreach (var one in BenchmarkEvents.Make(first, count))
                waiting.Writer.TryWrite(one);
        });
        var told = Task.CompletedTask;
        var batches = 0L;
        var batch = new List<EntryDraft>();
        for (var written = 0; written < task.Events; written += batch.Count, batches++)
        {
            batch.Clear();
            await waiting.Reader.WaitToReadAsync();
            while (batch.Count < MaxBatch && waiting.Reader.TryRead(out var one))
                batch.Add(one);

            _head = await writer.AppendAsync(BenchmarkEvents.Encode(batch.ToArray()), batch.Count, follows: false);
            if (told.IsCompleted)
                told = TellAsync();
        }

        await pace;
        await told;
        await TellAsync();
        return new(task.Events, batches, [], null);
    }

    public async ValueTask DisposeAsync()
    {
        await notice.DisposeAsync();
        await notify.DisposeAsync();
        await writer.DisposeAsync();
    }

    /// <summary>Tells, one hint at a time: while one is on its way, those for all later batches become the next one.</summary>
    private async Task TellAsync()
    {
        while (_told < _head)
        {
            _told = _head;
            ((NpgsqlParameter<string>)notice.Parameters[0]).TypedValue = _told.ToString(CultureInfo.InvariantCulture);
            await notice.ExecuteNonQueryAsync();
        }
    }
}
