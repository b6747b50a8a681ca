using System.Diagnostics;
using System.Globalization;
using System.Text;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Storage.Sqlite;

namespace OpenCode.Actors.Benchmarks.Journal;

/// <summary>How long a start takes on a log of some size with 10,000 sessions, and what the sessions take in memory.</summary>
internal static class Restart
{
    private const int Sessions = 10_000;
    private const int EntriesPerBatch = 1_000;

    public static async Task MeasureAsync(string folder, int megabytes)
    {
        var session = Encoding.UTF8.GetBytes("{\"id\":\"" + new string('s', 600) + "\"}");
        var properties = new byte[300];
        properties.AsSpan().Fill((byte)'x');
        await using (var journal = await OpenAsync(folder))
        {
            for (var i = 0; i < Sessions; i++)
                _ = journal.AppendAsync(new([Entry(properties)], [new("session", Id(i), Id(i), session)]), CancellationToken.None).AsTask();

            for (var written = 0L; written < megabytes * 1024L * 1024; written += EntriesPerBatch * 400L)
                await journal.AppendAsync(new([.. Enumerable.Range(0, EntriesPerBatch).Select(_ => Entry(properties))], []), CancellationToken.None);
        }

        var memory = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        await using var reopened = await OpenAsync(folder);
        var opened = watch.Elapsed;
        memory = GC.GetTotalMemory(forceFullCollection: true) - memory;
        watch.Restart();
        var listed = 0;
        await foreach (var _ in reopened.ListAsync("session", CancellationToken.None))
            listed++;

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"restart: {megabytes} MB of log and {Sessions:N0} sessions in {opened.TotalMilliseconds:N0} ms, {memory / Sessions:N0} B a session in memory; {listed:N0} sessions listed in {watch.Elapsed.TotalMilliseconds:N0} ms"));
    }

    private static Task<BatchJournal> OpenAsync(string folder) =>
        SqliteJournal.OpenAsync(folder, new(), TimeProvider.System, () => (ulong)Random.Shared.NextInt64());

    private static string Id(int i) => $"ses_{i:D26}";

    private static EntryDraft Entry(byte[] properties) => new("evt_0123456789abcdefghijkl", "session.updated", "/srv/the-project", "global", "ses_1", -1, false, properties);
}
