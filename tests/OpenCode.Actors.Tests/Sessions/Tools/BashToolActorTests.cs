using System.Text.Json;
using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Actors;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Bash;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Tools;

public sealed class BashToolActorTests : HubTestKit
{
    private readonly ScriptedProcessHost _host;
    private readonly BashOptions _options = new();
    private readonly MemoryOutputs _outputs = new();
    private readonly HubProbe _reports;
    private IActorRef _tool = null!;

    public BashToolActorTests()
    {
        _host = new ScriptedProcessHost(Simulation);
        _reports = CreateProbe();
    }

    private ScriptedProcess Process => _host.Process;

    [Fact]
    public void A_command_is_started_in_its_directory_and_its_mark_reported_first()
    {
        Run("""{"command":"ls"}""");

        Assert.Equal(new ToolStarted("call_1", Process.Mark), _reports.Expect<ToolStarted>());
        var spec = Assert.Single(_host.Specs);
        Assert.Equal(("ls", "/proj"), (spec.Command, spec.WorkingDirectory));
    }

    [Fact]
    public void Output_is_reported_whole_and_the_end_with_its_exit_code()
    {
        Run("""{"command":"ls","description":"Lists"}""");
        Answer<ToolStarted>();

        Process.Write("a\n");
        Assert.Equal("""{"output":"a\n","description":"Lists"}""", Answer<ToolProgress>().Metadata.GetRawText());
        Process.Write("b\n");
        Assert.Equal("""{"output":"a\nb\n","description":"Lists"}""", Answer<ToolProgress>().Metadata.GetRawText());
        End(0);

        var ended = _reports.Expect<ToolEnded>();
        Assert.Equal(("ls", "a\nb\n"), (ended.Title, ended.Output));
        Assert.Equal("""{"output":"a\nb\n","exit":0,"truncated":false,"description":"Lists"}""", ended.Metadata.GetRawText());
        _reports.ExpectTerminated(_tool);
        Assert.Equal((1, 0), (Process.Leaves, Process.Disposals));
    }

    [Fact]
    public void A_failed_command_is_completed_and_the_model_is_told_the_code()
    {
        Run("""{"command":"false"}""");
        Answer<ToolStarted>();
        Process.Write("oops\n");
        Answer<ToolProgress>();

        End(3);

        var ended = _reports.Expect<ToolEnded>();
        Assert.Equal("oops\n[Exit code: 3]", ended.Output);
        Assert.Equal("oops\n", ended.Metadata.GetProperty("output").GetString());
        Assert.Equal(3, ended.Metadata.GetProperty("exit").GetInt32());
    }

    [Fact]
    public void A_tool_has_one_report_unanswered_and_merges_what_comes_meanwhile()
    {
        Run("""{"command":"ls"}""");
        _reports.Expect<ToolStarted>();
        Process.Write("a");
        Process.Write("b");
        _reports.ExpectNothing(TimeSpan.FromSeconds(1));

        _tool.Tell(ToolContinue.Instance);
        Assert.Equal("ab", OutputOf(_reports.Expect<ToolProgress>()));
        Process.Write("c");
        Process.Write("d");
        _reports.ExpectNothing(TimeSpan.FromSeconds(1));

        _tool.Tell(ToolContinue.Instance);
        Assert.Equal("abcd", OutputOf(_reports.Expect<ToolProgress>()));
    }

    [Fact]
    public void Output_is_reported_at_most_once_in_50_ms()
    {
        Run("""{"command":"ls"}""");
        Answer<ToolStarted>();
        Process.Write("a");
        Answer<ToolProgress>();

        Process.Write("b");
        _reports.ExpectNothing(TimeSpan.FromMilliseconds(49));
        Process.Write("c");
        Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("abc", OutputOf(_reports.Expect<ToolProgress>()));
    }

    [Fact]
    public void The_end_does_not_wait_for_an_answer()
    {
        Run("""{"command":"ls"}""");
        _reports.Expect<ToolStarted>();
        Process.Write("a");

        End(0);

        Assert.Equal("a", _reports.Expect<ToolEnded>().Output);
    }

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

        var ended = _reports.Expect<ToolEnded>();
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
        Time.Advance(_options.Drain - TimeSpan.FromMilliseconds(1));
        Process.Write("late");
        Answer<ToolProgress>();
        Assert.Equal(0, Process.Leaves);
        Time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("late", _reports.Expect<ToolEnded>().Output);
        Assert.Equal((1, 0), (Process.Leaves, Process.Disposals));
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

        Assert.Equal("stderr\n🙂\nü", _reports.FishFor<ToolEnded>().Output);
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

        var ended = _reports.FishFor<ToolEnded>();
        var path = ended.Metadata.GetProperty("outputPath").GetString()!;
        var kept = ended.Metadata.GetProperty("output").GetString()!;
        Assert.True(ended.Metadata.GetProperty("truncated").GetBoolean());
        Assert.StartsWith("18002\n", kept, StringComparison.Ordinal);
        Assert.Equal(2_000, kept.Count(static c => c == '\n'));
        Assert.StartsWith($"[Output cut: this is its end, of {lines.Length} bytes. All of it is in {path}:", ended.Output, StringComparison.Ordinal);
        Assert.EndsWith("20000\nTHE-ERROR\n[Exit code: 1]", ended.Output, StringComparison.Ordinal);
        Assert.Equal(lines, _outputs.TextOf(path));
    }

    [Fact]
    public void An_output_that_cannot_be_kept_whole_says_so()
    {
        _outputs.IsFull = true;
        Run("""{"command":"seq"}""");
        Answer<ToolStarted>();

        Process.Write(new string('x', 40_000));
        End(0);

        var ended = _reports.FishFor<ToolEnded>();
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
            if (_reports.Count > 0)
                reported += OutputOf(Answer<ToolProgress>()).Length;
        }

        Assert.InRange(reported, 6_000, 30_000);
        Assert.Equal(4_000, Process.Reads - reads); // 16 of 64 KiB, then a pause of 20 ms.
        Process.Exit(0);
        Time.Advance(_options.Drain);
        var ended = _reports.FishFor<ToolEnded>();
        Assert.True(ended.Metadata.GetProperty("truncated").GetBoolean());
        Assert.Equal(new string('z', 30_000), ended.Metadata.GetProperty("output").GetString());
    }

    [Theory]
    [InlineData("""{"command":"ls","workdir":"/tmp"}""", "/tmp")]
    [InlineData("""{"command":"ls","workdir":"sub"}""", "/proj/sub")]
    [InlineData("""{"command":"ls","workdir":""}""", "/proj")]
    public void A_command_runs_in_the_folder_it_is_given(string input, string folder)
    {
        Run(input);

        Assert.Equal((folder, "ses_x"), (_host.Specs[0].WorkingDirectory, _host.Specs[0].Owner));
    }

    [Fact]
    public void Told_to_stop_it_is_gone_only_when_the_command_is()
    {
        Process.DisposalGate = new TaskCompletionSource();
        Run("""{"command":"sleep 1000"}""");
        Answer<ToolStarted>();

        _tool.Tell(StopTool.Instance);
        _reports.ExpectNothing();
        Assert.Equal(1, Process.Disposals);
        Simulation.Outside("group gone", Process.DisposalGate.SetResult);

        _reports.ExpectTerminated(_tool);
        _reports.ExpectNothing(TimeSpan.FromHours(1));
        Assert.Equal(1, Process.Disposals);
    }

    [Fact]
    public void A_command_that_cannot_be_killed_is_waited_for_shortly()
    {
        Process.DisposalGate = new TaskCompletionSource();
        Run("""{"command":"sleep 1000"}""");
        Answer<ToolStarted>();

        _tool.Tell(StopTool.Instance);
        _reports.ExpectNothing(_options.StopTimeout - TimeSpan.FromMilliseconds(1));
        Time.Advance(TimeSpan.FromMilliseconds(1));

        _reports.ExpectTerminated(_tool);
    }

    [Fact]
    public void A_hard_stop_ends_the_command_and_waits_for_nothing()
    {
        Process.DisposalGate = new TaskCompletionSource();
        Run("""{"command":"sleep 1000"}""");
        Answer<ToolStarted>();

        Sys.Stop(_tool);

        _reports.ExpectTerminated(_tool);
        Assert.Equal(1, Process.Disposals);
    }

    [Fact]
    public void A_command_that_starts_while_its_tool_is_told_to_stop_is_ended_before_the_tool_is_gone()
    {
        _host.Gate = new TaskCompletionSource();
        Run("""{"command":"sleep 1000"}""");
        _tool.Tell(StopTool.Instance);
        _reports.ExpectNothing();

        Simulation.Outside("started", _host.Gate.SetResult);

        _reports.ExpectTerminated(_tool);
        Assert.Equal(1, Process.Disposals);
    }

    [Fact]
    public void A_command_that_starts_after_a_hard_stop_is_ended_too()
    {
        _host.Gate = new TaskCompletionSource();
        Run("""{"command":"sleep 1000"}""");
        Sys.Stop(_tool);
        _reports.ExpectTerminated(_tool);

        Simulation.Outside("started", _host.Gate.SetResult);
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

        _tool.Tell(StopTool.Instance);
        _reports.ExpectNothing();
        Simulation.Outside("group gone", Process.DisposalGate.SetResult);

        _reports.ExpectTerminated(_tool);
        Assert.Equal((1, 0), (Process.Leaves, Process.Disposals));
    }

    [Fact]
    public void A_command_that_cannot_be_started_fails_with_the_reason()
    {
        _host.Refusal = new ToolProcessException("The working directory '/proj' does not exist.");

        Run("""{"command":"ls"}""");

        Assert.Equal(new ToolFailed("call_1", "The working directory '/proj' does not exist."), _reports.Expect<ToolFailed>());
        _reports.ExpectTerminated(_tool);
    }

    [Theory]
    [InlineData("""{}""", "'command'")]
    [InlineData("""{"command":" "}""", "'command'")]
    [InlineData("""{"command":7}""", "'command'")]
    [InlineData("\"ls\"", "'command'")]
    [InlineData("""{"command":"ls","timeout":"5"}""", "'timeout'")]
    [InlineData("""{"command":"ls","timeout":0}""", "'timeout'")]
    [InlineData("""{"command":"ls","description":1}""", "'description'")]
    [InlineData("""{"command":"ls","workdir":1}""", "'workdir'")]
    [InlineData("""{"command":"ls","workdir":"a\u0000b"}""", "'workdir' holds a NUL")]
    [InlineData("""{"command":"ls\u0000"}""", "'command' holds a NUL")]
    public void An_input_that_breaks_the_schema_is_told_and_starts_nothing(string input, string named)
    {
        Run(input);

        Assert.Contains(named, _reports.Expect<ToolFailed>().Error, StringComparison.Ordinal);
        Assert.Empty(_host.Specs);
    }

    [Fact]
    public void A_line_that_no_shell_can_be_given_is_refused_without_a_question()
    {
        var input = $$"""{"command":"echo {{new string('ä', 65_536)}}"}""";

        Run(input);

        Assert.StartsWith("bash: 'command' has 131077 bytes; a shell can be given 131071.", _reports.Expect<ToolFailed>().Error, StringComparison.Ordinal);
        Assert.Empty(_host.Specs);
    }

    private static string OutputOf(ToolProgress progress) => progress.Metadata.GetProperty("output").GetString()!;

    private void Run(string input, bool isUsers = false)
    {
        var call = new ToolCall("call_1", "bash", JsonElement.Parse(input));
        var props = BashToolActor.PropsFor(
            call, new ToolContext(new SessionId("ses_x"), "/proj", "call_1", isUsers), _host, _outputs, _options, NullLogger<BashToolActor>.Instance);
        Spawn(Props.CreateBy(new ActorProducer<Parent>(() => new Parent(props, child => _tool = child, _reports.Ref))));
        RunDry();
        _reports.Watch(_tool);
    }

    private T Answer<T>()
        where T : ToolReport
    {
        var report = _reports.Expect<T>();
        _tool.Tell(ToolContinue.Instance);
        RunDry();
        return report;
    }

    private void End(int code)
    {
        Process.CloseOutput();
        Process.Exit(code);
        RunDry();
    }

    // A tool reports to its parent: this one hands on what it is told.
    private sealed class Parent : ReceiveActor
    {
        public Parent(Props child, Action<IActorRef> tell, IActorRef probe)
        {
            tell(Context.ActorOf(child));
            ReceiveAny(probe.Forward);
        }
    }
}
