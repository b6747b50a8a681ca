using System.Diagnostics;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Benchmarks.Journal;

/// <summary>Sessions that stream one turn after the other, with the entries and rows of real ones (rule "One append outstanding", rule "Streamed text is state").</summary>
internal static class StreamingSessions
{
    private const int DeltasOfATurn = 200;
    private const int DeltaBytes = 300;
    private const int DeltasOfAMark = 50; // About 16 KiB of text.
    private const int MostWaits = 4_000_000;

    private static readonly long[] _waits = new long[MostWaits];

    public static async Task<Measured> MeasureAsync(IJournal journal, int sessions, double seconds)
    {
        var (waits, events) = (0, 0L);
        var used = Use.Begin();
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, sessions).Select(number => Task.Run(() => StreamAsync($"ses_{number:d26}"))));
        watch.Stop();
        return Measured.Of(_waits.AsSpan(0, Math.Min(waits, MostWaits)), events, watch.Elapsed, used.End());

        async Task StreamAsync(string session)
        {
            for (var turn = 0; watch.Elapsed.TotalSeconds < seconds; turn++)
            {
                await AppendAsync(Opening(session, turn));
                for (var delta = 1; delta <= DeltasOfATurn && watch.Elapsed.TotalSeconds < seconds; delta++)
                    await AppendAsync(Delta(session, turn, delta));
                await AppendAsync(Closing(session, turn));
            }
        }

        async Task AppendAsync(JournalBatch batch)
        {
            var started = Stopwatch.GetTimestamp();
            await journal.AppendAsync(batch, CancellationToken.None);
            var index = Interlocked.Increment(ref waits) - 1;
            Interlocked.Add(ref events, batch.Entries.Count);
            if (index < MostWaits)
                _waits[index] = Stopwatch.GetTimestamp() - started;
        }
    }

    private static JournalBatch Opening(string session, int turn) => new(
        [Entry(session, "message.updated", 700, durable: true), Entry(session, "message.part.updated", 400, durable: true), Entry(session, "session.status", 120, durable: false), Entry(session, "message.updated", 700, durable: true)],
        [Row("message", session, $"u{turn}", 600), Row("part", session, $"u{turn}", 300), Row("message", session, $"a{turn}", 600), Row("turn", session, "turn", 200), Row("session", session, session, 700)]);

    private static JournalBatch Delta(string session, int turn, int number) => new(
        [Entry(session, "message.part.delta", DeltaBytes, durable: false)],
        number % DeltasOfAMark == 0 ? [Row("open", session, $"p{turn}", number * 60)] : []);

    private static JournalBatch Closing(string session, int turn) => new(
        [Entry(session, "message.part.updated", DeltasOfATurn * 60, durable: true), Entry(session, "message.updated", 800, durable: true), Entry(session, "session.status", 120, durable: false), Entry(session, "session.idle", 60, durable: true)],
        [Row("part", session, $"p{turn}", DeltasOfATurn * 60), Row("message", session, $"a{turn}", 700), Row("session", session, session, 700), new("open", session, $"p{turn}", null), new("turn", session, "turn", null)]);

    private static EntryDraft Entry(string session, string type, int bytes, bool durable) =>
        new("evt_0123456789abcdefghijkl", type, "/srv/the-project", "global", session, durable ? 1 : -1, durable, Json(bytes));

    private static StateChange Row(string kind, string owner, string key, int bytes) => new(kind, owner, key, Json(bytes));

    private static byte[] Json(int bytes)
    {
        var json = new byte[bytes];
        json.AsSpan().Fill((byte)'x');
        json[0] = json[^1] = (byte)'"';
        return json;
    }
}
