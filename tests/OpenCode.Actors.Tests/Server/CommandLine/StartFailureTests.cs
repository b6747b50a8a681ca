using Microsoft.AspNetCore.Connections;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Server.CommandLine;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Storage.Postgres.Connections;
using OpenCode.Actors.Storage.Sqlite.Doors;

namespace OpenCode.Actors.Tests.Server.CommandLine;

public sealed class StartFailureTests
{
    private static readonly ServeSettings _settings = new() { DataFolder = "/data", Hostname = "h", Port = 4096 };

    public static TheoryData<Exception, int, string> Failures => new()
    {
        { new NotAdmittedException("The name is in use."), 2, "The name is in use." },
        { new DatabaseRefusedException("The password is wrong."), 2, "The password is wrong." },
        { new DatabaseUnreachableException("Nothing answers."), 3, "Nothing answers." },
        { new ArbiterAwayException("No answer came in time."), 3, "No answer came in time." },
        { new DeclaredDeadException("The node was declared dead."), 6, "The node was declared dead." },
        { new JournalLockedException("/data"), 3, "/data" },
        { new IOException("bind", new AddressInUseException("taken")), 4, "4096" },
        { new IOException("no such folder"), 3, "/data" },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void A_start_that_fails_says_why_and_ends_with_the_code_of_the_reason(Exception exception, int code, string says)
    {
        var failure = StartFailure.Of(exception, _settings, static _ => null);

        Assert.Equal(code, failure?.ExitCode);
        Assert.Contains(says, failure!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:4096", true)]
    [InlineData("http://127.0.0.1:4097", false)]
    public void A_port_that_the_holder_of_the_data_folder_has_is_said_to_be_its(string url, bool isItsPort)
    {
        var holder = new HolderInfo(url, 77, "secret", HasPassword: false, new Dictionary<string, string>(StringComparer.Ordinal));

        var failure = StartFailure.Of(new IOException("bind", new AddressInUseException("taken")), _settings, folder => folder == "/data" ? holder : null)!;

        Assert.Equal(isItsPort, failure.Message.Contains("process 77", StringComparison.Ordinal));
        Assert.Contains("--port", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_of_the_program_is_no_failure_that_is_known() => Assert.Null(StartFailure.Of(new InvalidOperationException("a fault"), _settings, static _ => null));
}
