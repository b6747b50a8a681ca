using Akka.Actor;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Tools;

/// <summary>A command from its start to its end.</summary>
public sealed class BashToolActorTests : BashToolKit
{
    [Fact]
    public void A_command_is_started_in_its_directory_and_its_mark_reported_first()
    {
        Run("""{"command":"ls"}""");

        Assert.Equal(new ToolStarted("call_1", Process.Mark), Reports.Expect<ToolStarted>());
        var spec = Assert.Single(Host.Specs);
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

        var ended = Reports.Expect<ToolEnded>();
        Assert.Equal(("ls", "a\nb\n"), (ended.Title, ended.Output));
        Assert.Equal("""{"output":"a\nb\n","exit":0,"truncated":false,"description":"Lists"}""", ended.Metadata.GetRawText());
        Reports.ExpectTerminated(Tool);
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

        var ended = Reports.Expect<ToolEnded>();
        Assert.Equal("oops\n[Exit code: 3]", ended.Output);
        Assert.Equal("oops\n", ended.Metadata.GetProperty("output").GetString());
        Assert.Equal(3, ended.Metadata.GetProperty("exit").GetInt32());
    }

    [Fact]
    public void The_end_does_not_wait_for_an_answer()
    {
        Run("""{"command":"ls"}""");
        Reports.Expect<ToolStarted>();
        Process.Write("a");

        End(0);

        Assert.Equal("a", Reports.Expect<ToolEnded>().Output);
    }

    [Theory]
    [InlineData("""{"command":"ls","workdir":"/tmp"}""", "/tmp")]
    [InlineData("""{"command":"ls","workdir":"sub"}""", "/proj/sub")]
    [InlineData("""{"command":"ls","workdir":""}""", "/proj")]
    public void A_command_runs_in_the_folder_it_is_given(string input, string folder)
    {
        Run(input);

        Assert.Equal((folder, "ses_x"), (Host.Specs[0].WorkingDirectory, Host.Specs[0].Owner));
    }

    [Fact]
    public void A_command_that_cannot_be_started_fails_with_the_reason()
    {
        Host.Refusal = new ToolProcessException("The working directory '/proj' does not exist.");

        Run("""{"command":"ls"}""");

        Assert.Equal(new ToolFailed("call_1", "The working directory '/proj' does not exist."), Reports.Expect<ToolFailed>());
        Reports.ExpectTerminated(Tool);
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

        Assert.Contains(named, Reports.Expect<ToolFailed>().Error, StringComparison.Ordinal);
        Assert.Empty(Host.Specs);
    }

    [Fact]
    public void A_line_that_no_shell_can_be_given_is_refused()
    {
        Run($$"""{"command":"echo {{new string('ä', 65_536)}}"}""");

        Assert.StartsWith("bash: 'command' has 131077 bytes; a shell can be given 131071.", Reports.Expect<ToolFailed>().Error, StringComparison.Ordinal);
        Assert.Empty(Host.Specs);
    }
}
