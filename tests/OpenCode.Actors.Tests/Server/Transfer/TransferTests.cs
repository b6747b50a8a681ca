using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Server.Transfer;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Live;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.Sessions;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Server.Transfer;

public sealed class TransferTests : SessionsKit
{
    [Fact]
    public async Task Sessions_move_with_their_ids_messages_and_streamed_text_and_an_open_turn_is_closed_there()
    {
        var parent = await CreateAsync(title: "Parent");
        var child = await CreateAsync(parent.Id);
        await PromptAsync(parent.Id, key: "k");
        Model.Answer.Say("half ");
        await RunDryAsync();
        Model.Answer.Say("said");
        await RunDryAsync();

        await using var other = await OpenOtherAsync();
        var report = await ImportAsync(other, await ExportAsync());
        var (region, index) = await StartAsync(other);

        Assert.Equal(new ImportReport(2, 0, 0), report);
        var messages = (await AskAsync<MessagePage>(region, new Deliver(parent.Id, new GetMessages()))).Page;
        Assert.Equal(["hello", "half said"], messages.Select(Text));
        Assert.Equal("MessageAbortedError", Assistant(messages[1]).Error!.Name);
        Assert.Equal([child.Id], (await AskAsync<IndexQuery.Listed>(index, new IndexQuery.List(new SessionQuery(ParentId: parent.Id)))).Entries.Select(entry => entry.Id));
        var repeated = await AskAsync<PromptAccepted>(region, new Deliver(parent.Id, Prompt("again", key: "k")));
        Assert.Equal("hello", Text(repeated.User));
    }

    [Fact]
    public async Task What_waits_for_its_user_waits_on_after_a_move()
    {
        Config.Rules = [new PermissionRule("bash", "*", PermissionAction.Ask)];
        var session = await CreateAsync();
        await PromptAsync(session.Id);
        Model.Answer.Bash("c1", "ls").EndWithCalls();
        await RunDryAsync();

        await using var other = await OpenOtherAsync();
        await ImportAsync(other, await ExportAsync());
        var (_, index) = await StartAsync(other);

        Assert.Equal(session.Id, Assert.Single((await AskAsync<IndexQuery.Permissions>(index, new IndexQuery.ListPermissions())).Requests).SessionId);
        Assert.IsType<BusyStatus>((await AskAsync<IndexQuery.Statuses>(index, new IndexQuery.ListStatus())).BySession[session.Id]);
    }

    [Fact]
    public async Task A_session_that_is_there_already_stays_as_it_is_and_is_named()
    {
        var session = await CreateAsync(title: "old");
        var lines = await ExportAsync();
        await AskAsync<Updated>(session.Id, new Update(new() { Title = "new" }));
        var said = new StringWriter();

        var report = await SessionImport.RunAsync(lines, Journal, null, Setup.Ids, said, CancellationToken.None);

        Assert.Equal(new ImportReport(0, 1, 0), report);
        Assert.Contains($"Line 1: {session.Id}", said.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"title\":\"new\"", (await ExportAsync())[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("{}")]
    [InlineData("{\"format\":9,\"id\":\"ses_1\",\"rows\":[]}")]
    [InlineData("{\"format\":1,\"id\":\"../x\",\"rows\":[]}")]
    [InlineData("{\"format\":9,\"config\":{}}")]
    [InlineData("{\"format\":1,\"config\":[]}")]
    [InlineData("{\"format\":1,\"config\":{\"/proj\":1}}")]
    [InlineData("{\"format\":1,\"config\":{\"/proj\":{\"permission\":{\"bash\":\"maybe\"}}}}")]
    [InlineData("{\"format\":1,\"id\":\"ses_1\",\"rows\":[]}")]
    [InlineData("{\"format\":1,\"id\":\"ses_1\",\"rows\":[{\"kind\":\"nonsense\",\"key\":\"\",\"value\":1}]}")]
    [InlineData("{\"format\":1,\"id\":\"ses_1\",\"rows\":[{\"kind\":\"session\",\"key\":\"\",\"value\":{\"id\":\"ses_2\"}}]}")]
    public async Task A_bad_line_is_named_by_its_number_and_nothing_is_imported(string bad)
    {
        await CreateAsync();
        var lines = await ExportAsync();
        await using var other = await OpenOtherAsync();
        var said = new StringWriter();

        var report = await SessionImport.RunAsync([.. lines, bad], other, new MemorySharedConfig(), Setup.Ids, said, CancellationToken.None);

        Assert.Equal(new ImportReport(0, 0, 1), report);
        Assert.StartsWith("Line 2: ", said.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, other.Head);
    }

    [Fact]
    public async Task What_was_patched_into_the_configuration_of_a_cluster_moves_with_the_sessions()
    {
        await CreateAsync();
        var (from, to) = (new MemorySharedConfig(), new MemorySharedConfig());
        await from.TryReplaceAsync(0, Patches("deny"), CancellationToken.None);
        var output = new StringWriter();
        Assert.True(await SessionExport.WriteConfigAsync(from, output, CancellationToken.None));
        string[] lines = [output.ToString().TrimEnd(), .. await ExportAsync()];
        await using var other = await OpenOtherAsync();

        var report = await SessionImport.RunAsync(lines, other, to, Setup.Ids, TextWriter.Null, CancellationToken.None);

        Assert.Equal(new ImportReport(1, 0, 0), report);
        Assert.Equal(Patches("deny"), (await to.ReadAsync(CancellationToken.None)).Json.ToArray());
    }

    [Fact]
    public async Task A_configuration_that_is_there_stays_and_none_is_taken_where_none_is_kept()
    {
        var (from, to) = (new MemorySharedConfig(), new MemorySharedConfig());
        Assert.False(await SessionExport.WriteConfigAsync(from, TextWriter.Null, CancellationToken.None));
        await from.TryReplaceAsync(0, Patches("deny"), CancellationToken.None);
        await to.TryReplaceAsync(0, Patches("ask"), CancellationToken.None);
        var output = new StringWriter();
        await SessionExport.WriteConfigAsync(from, output, CancellationToken.None);
        var said = new StringWriter();

        await SessionImport.RunAsync([output.ToString()], Journal, to, Setup.Ids, said, CancellationToken.None);
        await SessionImport.RunAsync([output.ToString()], Journal, null, Setup.Ids, said, CancellationToken.None);

        Assert.Equal(Patches("ask"), (await to.ReadAsync(CancellationToken.None)).Json.ToArray());
        Assert.Contains("Line 1: there is a configuration already", said.ToString(), StringComparison.Ordinal);
        Assert.Contains("Line 1: the configuration of a cluster is left out", said.ToString(), StringComparison.Ordinal);
    }

    private static byte[] Patches(string action) => System.Text.Encoding.UTF8.GetBytes("{\"/proj\":{\"permission\":{\"bash\":\"" + action + "\"}}}");

    private async Task<string[]> ExportAsync()
    {
        var output = new StringWriter();
        await SessionExport.RunAsync(Journal, output, CancellationToken.None);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private Task<ImportReport> ImportAsync(IJournal journal, string[] lines) => SessionImport.RunAsync(lines, journal, null, Setup.Ids, TextWriter.Null, CancellationToken.None);

    private async Task<IJournal> OpenOtherAsync() => await new MemoryDisk().OpenAsync(new JournalOptions(), Time);

    private async Task<(IActorRef Region, IActorRef Index)> StartAsync(IJournal journal)
    {
        var setup = Setup with { Journal = new SteppedJournal(journal, Simulation) };
        var actor = Spawn(OpenCode.Actors.Sessions.Journal.JournalActor.PropsFor(setup.Journal, new AppendLedger(), setup.Metrics, Logs.CreateLogger<JournalActor>()), "journal-other");
        var region = Spawn(
            LocalSessionRegion.PropsFor(id => SessionActor.PropsFor(id, actor, setup), Time, setup.Metrics, Logs.CreateLogger<LocalSessionRegion>()), "sessions-other");
        var index = Spawn(SessionIndexActor.PropsFor(region, setup), "index-other");
        await RunDryAsync();
        return (region, index);
    }
}
