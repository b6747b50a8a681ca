using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Streams.Cursors;

namespace OpenCode.Actors.Tests.Streams;

public sealed class ResumePointTests : IAsyncDisposable
{
    private readonly ScriptedJournal _journal = new();

    [Fact]
    public void A_cursor_of_the_running_generation_up_to_the_head_is_good()
    {
        Fill(10);

        Assert.Equal(new ResumePoint(10, 0), Good("AbCdEf12.1-10"));
        Assert.Equal(new ResumePoint(0, 0), Good("AbCdEf12.1-0"));
    }

    [Fact]
    public void A_cursor_at_the_floor_is_good_and_one_below_it_is_out_of_the_window()
    {
        Fill(10);
        _journal.Floor = 5;

        Assert.Equal(new ResumePoint(5, 0), Good("AbCdEf12.1-5"));
        Assert.Equal(GapReasons.Window, Gap("AbCdEf12.1-4"));
    }

    [Fact]
    public void A_cursor_of_another_log_is_of_another_timeline()
    {
        Fill(10);

        Assert.Equal(GapReasons.Timeline, Gap("AbCdEf13.1-4"));
    }

    [Fact]
    public void A_cursor_beyond_the_head_is_ahead()
    {
        Fill(10);

        Assert.Equal(GapReasons.Ahead, Gap("AbCdEf12.1-11"));
    }

    [Fact]
    public void A_cursor_of_a_generation_that_never_was_is_ahead()
    {
        Fill(10);

        Assert.Equal(GapReasons.Ahead, Gap("AbCdEf12.2-5"));
    }

    [Fact]
    public void A_cursor_is_held_against_the_least_head_of_all_later_generations()
    {
        // Generation 2 began at 110 with 101 to 110 not synced; a power cut left 104 for generation 3.
        Fill(120);
        _journal.Timeline = new Timeline("AbCdEf12", [new Generation(1, 0), new Generation(2, 110), new Generation(3, 104)]);

        Assert.Equal(GapReasons.Timeline, Gap("AbCdEf12.1-108"));
        Assert.Equal(GapReasons.Timeline, Gap("AbCdEf12.2-105"));
        Assert.Equal(new ResumePoint(104, 0), Good("AbCdEf12.1-104"));
        Assert.Equal(new ResumePoint(104, 0), Good("AbCdEf12.2-104"));
        Assert.Equal(new ResumePoint(120, 0), Good("AbCdEf12.3-120"));
    }

    [Theory]
    [InlineData("x")]
    [InlineData("AbCdEf12")]
    [InlineData("AbCdEf12.1")]
    [InlineData("AbCdEf12.1-")]
    [InlineData("AbCdEf12.1--1")]
    [InlineData("AbCdEf12.1-01")]
    [InlineData("AbCdEf12.+1-1")]
    [InlineData("AbCdEf12.0-1")]
    [InlineData("AbCdEf12.1-5 ")]
    [InlineData("AbCdEf12.1-5.2")]
    [InlineData("AbCdEf12.1-0.1")]
    [InlineData("AbCdEf12.1-5.m7")]
    [InlineData("AbCdEf1é.1-5")]
    [InlineData("AbCdEf12.1-99999999999999999999")]
    [InlineData("AbCdEf12.9999999999999999999-5")]
    public void What_is_no_id_of_ours_is_damaged(string text)
    {
        Fill(10);

        Assert.Equal(GapReasons.Damaged, Gap(text));
    }

    [Fact]
    public void A_very_long_id_is_damaged()
    {
        Assert.Equal(GapReasons.Damaged, Gap(new string('1', 100_000)));
    }

    [Fact]
    public void Between_twins_a_wrapped_stream_goes_on_before_their_entry()
    {
        Fill(10);

        Assert.Equal(new ResumePoint(4, 5), Good("AbCdEf12.1-5.1", twins: true));
    }

    [Fact]
    public void Between_twins_a_stream_without_twins_takes_the_position_itself()
    {
        Fill(10);

        Assert.Equal(new ResumePoint(5, 0), Good("AbCdEf12.1-5.1", twins: false));
    }

    [Fact]
    public void Between_twins_whose_entry_is_gone_is_out_of_the_window()
    {
        Fill(10);
        _journal.Floor = 5;

        Assert.Equal(GapReasons.Window, ResumePoint.Find("AbCdEf12.1-5.1", _journal, twins: true, out _));
        Assert.Null(ResumePoint.Find("AbCdEf12.1-5.1", _journal, twins: false, out _));
    }

    public ValueTask DisposeAsync() => _journal.DisposeAsync();

    private void Fill(int count)
    {
        for (var i = 0; i < count; i++)
            _journal.Append(_journal.Event());
    }

    private ResumePoint Good(string text, bool twins = false)
    {
        Assert.Null(ResumePoint.Find(text, _journal, twins, out var point));
        return point;
    }

    private string? Gap(string text) => ResumePoint.Find(text, _journal, twins: false, out _);
}
