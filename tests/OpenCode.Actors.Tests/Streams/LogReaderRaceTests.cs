using OpenCode.Actors.Journal;
using OpenCode.Actors.Streams.Cursors;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Log;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>The tail appends and evicts on one thread while clients read on others: no lock is between them, so only real threads can show a race.</summary>
public sealed class LogReaderRaceTests
{
    private const int Entries = 100_000;
    private const int Readers = 2;

    [Fact]
    public async Task A_reader_beside_the_tail_misses_nothing_unless_it_is_told_that_it_fell_behind()
    {
        var journal = new ScriptedJournal();

        // About 30 entries: so small that a reader loses its place in it again and again.
        var ring = new LogRing(after: 0, capacityBytes: 20_000, new FrameEncoder(() => journal.Timeline));
        var entries = Enumerable.Range(1, Entries).Select(n => new LogEntry(n, DateTimeOffset.UnixEpoch, Make.Entry("a", 40))).ToList();
        var readers = Enumerable.Range(0, Readers).Select(_ => new LogReader(ring, EntryFilter.All, wrapped: false, static () => { })).ToList();
        foreach (var reader in readers)
            reader.ContinueAt(new ResumePoint(0, BeforeTwinOf: 0));

        var reading = readers.ConvertAll(reader => Task.Run(() => Read(ring, reader)));
        await Task.Run(() =>
        {
            foreach (var entry in entries)
            {
                ring.Append([entry]);
                ring.WakeReaders();
            }
        });

        foreach (var (read, jumped) in await Task.WhenAll(reading))
            Assert.Equal(Entries, read + jumped);
    }

    // Each frame is one entry, so a run has to move the cursor by as many as it has frames.
    private static (long Read, long Jumped) Read(LogRing ring, LogReader reader)
    {
        var run = new FrameRun();
        var (read, jumped) = (0L, 0L);
        while (reader.Cursor < Entries)
        {
            var before = reader.Cursor;
            switch (reader.Fill(run))
            {
                case LogReading.Found:
                    reader.Written();
                    Assert.Equal(before + run.Count, reader.Cursor);
                    read += run.Count;
                    run.Clear();
                    break;
                case LogReading.BehindRing:
                    reader.ContinueAt(new ResumePoint(ring.After, BeforeTwinOf: 0));
                    jumped += reader.Cursor - before;
                    break;
                default:
                    Assert.Equal(before, reader.Cursor);
                    break;
            }
        }

        return (read, jumped);
    }
}
