using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sqlite.Harness;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Storage.Sqlite;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.EndToEnd.Sqlite;

/// <summary>What retention removes and what it keeps, on a clock that is moved.</summary>
public sealed class RetentionRulesTests : IAsyncLifetime
{
    private static readonly TimeSpan _window = TimeSpan.FromHours(10);
    private static readonly TimeSpan _trim = TimeSpan.FromSeconds(10);

    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly JournalOptions _options = new() { RetainMs = (long)_window.TotalMilliseconds, RetainBytes = 1024 * 1024, RecentBytes = 0 };
    private BatchJournal? _journal;

    private BatchJournal Journal => _journal!;

    public async Task InitializeAsync() => await OpenAsync();

    public async Task DisposeAsync()
    {
        await Journal.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_is_older_than_the_window_goes_and_its_readers_are_told()
    {
        await AppendAsync(3);
        _time.Advance(_window - _trim);
        await AppendAsync(2);

        await FloorIsAsync(3);
        Assert.Equal([4L, 5], await OffsetsAsync(3));
        var told = await Assert.ThrowsAsync<JournalTrimmedException>(() => OffsetsAsync(2));
        Assert.Equal((2, 3), (told.After, told.Floor));
    }

    [Fact]
    public async Task What_is_more_than_the_window_goes_from_its_oldest_end_also_when_it_is_young()
    {
        for (var n = 0; n < 40; n++)
            await AppendAsync(1, bytes: 100_000);

        await FloorIsAsync(30);
    }

    [Fact]
    public async Task Entries_behind_the_oldest_open_row_stay_until_it_is_gone()
    {
        _options.HoldKinds.Add("open");
        await OpenAgainAsync();
        await AppendAsync(2);
        await Journal.AppendAsync(new JournalBatch([Make.Entry("marked")], [Make.Put("open", "ses_a", "", "1")]), default);
        await AppendAsync(2);
        _time.Advance(_window);
        await FloorIsAsync(3);

        await Journal.AppendAsync(new JournalBatch([], [Make.Delete("open", "ses_a", "")]), default);

        await FloorIsAsync(5);
    }

    [Fact]
    public async Task State_stays_and_so_does_the_floor_over_a_start()
    {
        await Journal.AppendAsync(new JournalBatch([Make.Entry("a")], [Make.Put("part", "ses_a", "1", "\"kept\"")]), default);
        _time.Advance(_window);
        await FloorIsAsync(1);

        await OpenAgainAsync();

        Assert.Equal((1, 1), (Journal.Floor, Journal.Head));
        var rows = new List<StateRow>();
        await foreach (var row in Journal.LoadAsync("ses_a", default))
            rows.Add(row);
        Assert.Single(rows);
        Assert.Equal(2, await Journal.AppendAsync(Make.Batch(Make.Entry("b")), default));
        await Journal.DisposeAsync();
        await Hub.AssertWholeAsync(_folder.Path);
    }

    private async Task OpenAsync() => _journal = await SqliteJournal.OpenAsync(_folder.Path, _options, _time, () => 7);

    private async Task OpenAgainAsync()
    {
        await Journal.DisposeAsync();
        await OpenAsync();
    }

    private async Task AppendAsync(int batches, int bytes = 40)
    {
        for (var n = 0; n < batches; n++)
            await Journal.AppendAsync(Make.Batch(Make.Entry("event", bytes)), default);
    }

    // Each look gives retention its turn: one that comes while the last is under way does nothing.
    private Task FloorIsAsync(long floor) => Eventually.TrueAsync(
        () =>
        {
            _time.Advance(_trim);
            return Journal.Floor == floor;
        },
        $"the floor to be {floor}");

    private async Task<List<long>> OffsetsAsync(long after)
    {
        var offsets = new List<long>();
        await foreach (var page in Journal.ReadAsync(after, EntryFilter.All, default))
            offsets.AddRange(page.Entries.Select(static e => e.Offset));
        return offsets;
    }
}
