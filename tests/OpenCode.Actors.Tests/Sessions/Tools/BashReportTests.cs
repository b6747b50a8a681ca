using Akka.Actor;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Tools;

/// <summary>How often the output of a command is reported, and how much of it is kept.</summary>
public sealed class BashReportTests : BashToolKit
{
    [Fact]
    public void A_tool_has_one_report_unanswered_and_merges_what_comes_meanwhile()
    {
        Run("""{"command":"ls"}""");
        Reports.Expect<ToolStarted>();
        Process.Write("a");
        Process.Write("b");
        Reports.ExpectNothing(TimeSpan.FromSeconds(1));

        Tool.Tell(new ToolContinue());
        Assert.Equal("ab", OutputOf(Reports.Expect<ToolProgress>()));
        Process.Write("c");
        Process.Write("d");
        Reports.ExpectNothing(TimeSpan.FromSeconds(1));

        Tool.Tell(new ToolContinue());
        Assert.Equal("abcd", OutputOf(Reports.Expect<ToolProgress>()));
    }

    [Fact]
    public void Output_is_reported_at_most_once_in_50_ms()
    {
        Run("""{"command":"ls"}""");
        Answer<ToolStarted>();
        Process.Write("a");
        Answer<ToolProgress>();

        Process.Write("b");
        Reports.ExpectNothing(TimeSpan.FromMilliseconds(49));
        Process.Write("c");
        Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("abc", OutputOf(Reports.Expect<ToolProgress>()));
    }

    [Fact]
    public void A_character_stays_whole_when_the_other_output_comes_between_its_bytes()
    {
        Run("""{"command":"x"}""");
        Answer<ToolStarted>();
        var smile = "🙂\n"u8.ToArray();

        Process.Write(OutputPipe.Out, smile[0]);
        RunDry();
        Process.Write(OutputPipe.Error, "stderr\nü"u8[..^1].ToArray());
        RunDry();
        Process.Write(OutputPipe.Out, smile[1..]);
        RunDry();
        Process.Write(OutputPipe.Error, "ü"u8[1..].ToArray());
        End(0);

        Assert.Equal("stderr\n🙂\nü", Reports.FishFor<ToolEnded>().Output);
    }

    [Fact]
    public void Of_a_long_output_the_end_is_kept_and_the_whole_is_in_a_file_that_is_told()
    {
        Run("""{"command":"seq 1 20000; echo THE-ERROR"}""");
        Answer<ToolStarted>();
        var lines = string.Concat(Enumerable.Range(1, 20_000).Select(static i => $"{i}\n")) + "THE-ERROR\n";
        foreach (var piece in lines.Chunk(10_000))
        {
            Process.Write(new string(piece));
            RunDry();
        }

        End(1);

        var ended = Reports.FishFor<ToolEnded>();
        var path = ended.Metadata.GetProperty("outputPath").GetString()!;
        var kept = ended.Metadata.GetProperty("output").GetString()!;
        Assert.True(ended.Metadata.GetProperty("truncated").GetBoolean());
        Assert.StartsWith("18002\n", kept, StringComparison.Ordinal);
        Assert.Equal(2_000, kept.Count(static c => c == '\n'));
        Assert.StartsWith($"[Output cut: this is its end, of {lines.Length} bytes. All of it is in {path}:", ended.Output, StringComparison.Ordinal);
        Assert.EndsWith("20000\nTHE-ERROR\n[Exit code: 1]", ended.Output, StringComparison.Ordinal);
        Assert.Equal(lines, Outputs.TextOf(path));
    }

    [Fact]
    public void An_output_that_cannot_be_kept_whole_says_so()
    {
        Outputs.IsFull = true;
        Run("""{"command":"seq"}""");
        Answer<ToolStarted>();

        Process.Write(new string('x', 40_000));
        End(0);

        var ended = Reports.FishFor<ToolEnded>();
        Assert.StartsWith("[Output cut: this is its end, of 40000 bytes. The rest could not be kept.]", ended.Output, StringComparison.Ordinal);
        Assert.False(ended.Metadata.TryGetProperty("outputPath", out _));
    }

    [Fact]
    public void A_flood_is_read_at_a_pace_and_reported_ever_more_seldom()
    {
        Process.Flood = new byte[64 * 1024];
        Array.Fill(Process.Flood, (byte)'z');
        Run("""{"command":"yes"}""");
        Answer<ToolStarted>();
        var reported = OutputOf(Answer<ToolProgress>()).Length;
        var reads = Process.Reads;

        for (var elapsed = 0; elapsed < 5_000; elapsed += 10)
        {
            Time.Advance(TimeSpan.FromMilliseconds(10));
            if (Reports.Count > 0)
                reported += OutputOf(Answer<ToolProgress>()).Length;
        }

        Assert.InRange(reported, 2_000, 9_000); // A third of what is kept at most, as that is sent twice at the end.
        Assert.Equal(4_000, Process.Reads - reads); // 16 of 64 KiB, then a pause of 20 ms.
        Process.Exit(0);
        Time.Advance(Options.Drain);
        var ended = Reports.FishFor<ToolEnded>();
        Assert.True(ended.Metadata.GetProperty("truncated").GetBoolean());
        Assert.Equal(new string('z', 30_000), ended.Metadata.GetProperty("output").GetString());
    }

    [Fact]
    public void A_flood_of_ten_minutes_is_reported_a_dozen_times()
    {
        Options.FloodBytes = 1024;
        Process.Flood = new byte[1024];
        Array.Fill(Process.Flood, (byte)'z');
        Run("""{"command":"yes","timeout":600000}""");
        Answer<ToolStarted>();

        var reports = 0;
        for (var elapsed = 0; elapsed < 599_000; elapsed += 500)
        {
            Time.Advance(TimeSpan.FromMilliseconds(500));
            for (; Reports.Count > 0; reports++)
                Assert.InRange(OutputOf(Answer<ToolProgress>()).Length, 1, 2_002);
        }

        Assert.InRange(reports, 10, 20);
    }
}
