using Akka.Actor;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Tests.Sessions.Tools;

/// <summary>Commands that do not end by themselves: deadlines, children in the background, and stops.</summary>
public sealed class BashStopTests : BashToolKit
{
    [Fact]
    public void A_command_that_takes_too_long_is_killed_and_says_so()
    {
        Run("""{"command":"sleep 9","timeout":5000}""");
        Answer<ToolStarted>();
        Process.Write("begun");
        Answer<ToolProgress>();

        Time.Advance(TimeSpan.FromMilliseconds(4_999));
        Assert.Equal(0, Process.Kills);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, Process.Kills);
        End(143);

        var ended = Reports.Expect<ToolEnded>();
        Assert.Equal((0, 1), (Process.Leaves, Process.Disposals));
        Assert.StartsWith("begun\n[Timed out: ended after 5000 ms.", ended.Output, StringComparison.Ordinal);
        Assert.Equal(143, ended.Metadata.GetProperty("exit").GetInt32());
    }

    [Theory]
    [InlineData("""{"command":"x"}""", 120)]
    [InlineData("""{"command":"x","timeout":3600000}""", 600)]
    [InlineData("""{"command":"x","timeout":1500.5}""", 1.5005)]
    public void The_timeout_is_two_minutes_and_ten_at_most(string input, double seconds)
    {
        Run(input);

        Time.Advance(TimeSpan.FromSeconds(seconds) - TimeSpan.FromMilliseconds(1));
        Assert.Equal(0, Process.Kills);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal(1, Process.Kills);
    }

    [Fact]
    public void What_a_user_typed_has_no_deadline()
    {
        Run("""{"command":"sleep 1000"}""", isUsers: true);

        Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(0, Process.Kills);
    }

    [Fact]
    public void A_child_in_the_background_that_holds_the_output_is_waited_for_shortly()
    {
        Run("""{"command":"sleep 1000 &"}""");
        Answer<ToolStarted>();

        Process.Exit(0);
        Time.Advance(Options.Drain - TimeSpan.FromMilliseconds(1));
        Process.Write("late");
        Answer<ToolProgress>();
        Assert.Equal(0, Process.Leaves);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("late", Reports.Expect<ToolEnded>().Output);
        Assert.Equal((1, 0), (Process.Leaves, Process.Disposals));
    }

    [Fact]
    public void Told_to_stop_it_is_gone_only_when_the_command_is()
    {
        Process.DisposalGate = new TaskCompletionSource();
        Run("""{"command":"sleep 1000"}""");
        Answer<ToolStarted>();

        Tool.Tell(StopTool.Instance);
        Reports.ExpectNothing();
        Assert.Equal(1, Process.Disposals);
        Simulation.Outside("group gone", Process.DisposalGate.SetResult);

        Reports.ExpectTerminated(Tool);
        Reports.ExpectNothing(TimeSpan.FromHours(1));
        Assert.Equal(1, Process.Disposals);
    }

    [Fact]
    public void A_command_that_cannot_be_killed_is_waited_for_shortly()
    {
        Process.DisposalGate = new TaskCompletionSource();
        Run("""{"command":"sleep 1000"}""");
        Answer<ToolStarted>();

        Tool.Tell(StopTool.Instance);
        Reports.ExpectNothing(Options.StopTimeout - TimeSpan.FromMilliseconds(1));
        Time.Advance(TimeSpan.FromMilliseconds(1));

        Reports.ExpectTerminated(Tool);
    }

    [Fact]
    public void A_hard_stop_ends_the_command_and_waits_for_nothing()
    {
        Process.DisposalGate = new TaskCompletionSource();
        Run("""{"command":"sleep 1000"}""");
        Answer<ToolStarted>();

        Sys.Stop(Tool);

        Reports.ExpectTerminated(Tool);
        Assert.Equal(1, Process.Disposals);
    }

    [Fact]
    public void A_command_that_starts_while_its_tool_is_told_to_stop_is_ended_before_the_tool_is_gone()
    {
        Host.Gate = new TaskCompletionSource();
        Run("""{"command":"sleep 1000"}""");
        Tool.Tell(StopTool.Instance);
        Reports.ExpectNothing();

        Simulation.Outside("started", Host.Gate.SetResult);

        Reports.ExpectTerminated(Tool);
        Assert.Equal(1, Process.Disposals);
    }

    [Fact]
    public void A_command_that_starts_after_a_hard_stop_is_ended_too()
    {
        Host.Gate = new TaskCompletionSource();
        Run("""{"command":"sleep 1000"}""");
        Sys.Stop(Tool);
        Reports.ExpectTerminated(Tool);

        Simulation.Outside("started", Host.Gate.SetResult);
        RunDry();

        Assert.Equal(1, Process.Disposals);
    }

    [Fact]
    public void A_command_that_ends_by_itself_while_its_tool_is_told_to_stop_is_ended_once()
    {
        Process.DisposalGate = new TaskCompletionSource();
        Run("""{"command":"ls"}""");
        Answer<ToolStarted>();
        End(0);

        Tool.Tell(StopTool.Instance);
        Reports.ExpectNothing();
        Simulation.Outside("group gone", Process.DisposalGate.SetResult);

        Reports.ExpectTerminated(Tool);
        Assert.Equal((1, 0), (Process.Leaves, Process.Disposals));
    }
}
