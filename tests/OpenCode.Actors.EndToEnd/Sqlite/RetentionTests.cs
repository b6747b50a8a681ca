using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sqlite.Harness;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Storage.Sqlite;
using OpenCode.Actors.Tests.Specifications;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Sqlite;

/// <summary>Retention, checkpoints and vacuum keep the file small, in steps that no append waits long for.</summary>
[Collection(HeavyTests.Name)]
public sealed class RetentionTests(ITestOutputHelper output) : IAsyncLifetime
{
    private const int Window = 16 * 1024 * 1024;
    private const int EventBytes = 2_000;
    private const int Quarters = 4;
    private const int MiB = 1024 * 1024;

    // Ten events each: twice as many a second as at full scale, in half the time.
    private static readonly TimeSpan _tick = TimeSpan.FromMilliseconds(Scale.Of(5, 10));

    private readonly TempFolder _folder = new();
    private readonly List<double> _waits = [];
    private int _number;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync()
    {
        _folder.Dispose();
        return Task.CompletedTask;
    }

    [Fact]
    public async Task A_thousand_events_a_second_with_a_small_window_keep_file_log_and_waits_flat()
    {
        var quarter = TimeSpan.FromSeconds(Scale.Of(12, 600)) / Quarters;
        var journal = await SqliteJournal.OpenAsync(_folder.Path, new() { RetainBytes = Window }, TimeProvider.System, () => 7);
        var figures = new List<(long File, long Log, double P99, double Most)>();
        for (var n = 0; n < Quarters; n++)
        {
            await WorkAsync(journal, quarter);
            figures.Add(Figure());
            output.WriteLine($"After {(n + 1) * quarter.TotalSeconds:0} s: file {figures[n].File / MiB} MiB, log {figures[n].Log / MiB} MiB, append p99 {figures[n].P99:0.0} ms, most {figures[n].Most:0.0} ms.");
        }

        Assert.True(journal.Floor > 0, "Nothing was removed.");
        Assert.InRange(figures[^1].File, Window, 5L * Window);
        Assert.True(figures[^1].File <= figures[^2].File * 3 / 2, "The file grows.");
        Assert.All(figures, static figure => Assert.InRange(figure.Log, 0, Window + (4 * MiB)));
        Assert.True(figures[^1].P99 <= (figures[0].P99 * 5) + Scale.Bound(0.05).TotalMilliseconds, "Appends become slower.");
        await journal.DisposeAsync();
        await Hub.AssertWholeAsync(_folder.Path);
    }

    [Fact]
    public async Task What_is_removed_at_once_is_removed_in_small_steps_and_given_back()
    {
        await using (var journal = await SqliteJournal.OpenAsync(_folder.Path, new(), TimeProvider.System, () => 7))
        {
            for (var n = 0; n < 60; n++)
                await Task.WhenAll(Enumerable.Range(0, 1_000).Select(_ => journal.AppendAsync(Batch(), default).AsTask()));
        }

        var before = new FileInfo(Hub.File(_folder.Path)).Length;
        await using var small = await SqliteJournal.OpenAsync(_folder.Path, new() { RetainBytes = Window }, TimeProvider.System, () => 7);
        var clock = Stopwatch.StartNew();
        while (new FileInfo(Hub.File(_folder.Path)).Length > before * 3 / 4)
        {
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(4), $"The file has {new FileInfo(Hub.File(_folder.Path)).Length / MiB} of {before / MiB} MiB still, the floor is {small.Floor} of {small.Head}.");
            await WorkAsync(small, TimeSpan.FromMilliseconds(200));
        }

        var (file, log, p99, most) = Figure();
        output.WriteLine($"From {before / MiB} to {file / MiB} MiB after {clock.Elapsed.TotalSeconds:0.0} s (log {log / MiB} MiB), append p99 {p99:0.0} ms, most {most:0.0} ms.");
        Assert.True(most < Scale.Bound(0.25).TotalMilliseconds, $"An append waited {most:0} ms.");
    }

    private async Task WorkAsync(BatchJournal journal, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        for (var due = TimeSpan.Zero; due < time; due += _tick)
        {
            if (due > clock.Elapsed)
                await Task.Delay(due - clock.Elapsed);
            await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AppendAsync(journal)));
        }
    }

    private async Task AppendAsync(BatchJournal journal)
    {
        var began = Stopwatch.GetTimestamp();
        await journal.AppendAsync(Batch(), default);
        var took = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        lock (_waits)
            _waits.Add(took);
    }

    private JournalBatch Batch()
    {
        var number = Interlocked.Increment(ref _number);
        return new([Make.Entry($"{number}", EventBytes, durable: number % 4 == 0)], [Make.Put("part", $"ses_{number % 16}", $"{number % 64}", "\"text\"")]);
    }

    private (long File, long Log, double P99, double Most) Figure()
    {
        lock (_waits)
        {
            _waits.Sort();
            var figure = (new FileInfo(Hub.File(_folder.Path)).Length, new FileInfo(Hub.Log(_folder.Path)).Length, _waits[(int)(_waits.Count * 0.99)], _waits[^1]);
            _waits.Clear();
            return figure;
        }
    }
}
