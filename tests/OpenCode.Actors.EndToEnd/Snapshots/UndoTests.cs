using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Snapshots;

/// <summary>Undo with files on a server as users run it: through restarts, kills, and with a git that never answers (rule "An undo is whole").</summary>
[Collection(HeavyTests.Name)]
public sealed class UndoTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int Files = 30;

    private GitFolder Project => new(Setup.Project);

    [Fact]
    public async Task A_kill_while_files_are_set_leaves_them_all_undone_or_none_and_no_half_of_one()
    {
        var random = Randomness();
        for (var i = 0; i < Files; i++)
            Project.Write($"f{i}", Text("old", i));
        Project.Write("change.sh", $"for i in $(seq 0 {Files - 1}); do for n in $(seq 500); do echo new $i; done > f$i; done; echo more > made\n");
        GitFolder.Init(Setup.Project);
        var server = await StartAsync();
        var session = await server.Api.CreateSessionAsync(new { title = "T" });
        await server.Api.AskAsync(session, "run: sh change.sh");
        var asked = (await server.Api.MessagesAsync(session))[0].Text("info", "id");
        Assert.Equal(Files + 1, (await server.Api.GetAsync($"/session/{session}/diff?messageID={asked}")).GetArrayLength());

        var undone = 0;
        for (var kill = 1; kill <= Scale.Of(8, 100); kill++)
        {
            // Each round undoes what is done, or brings it back, and is killed somewhere in that: after as many files as chance says, or just after the request was sent.
            var undoes = (await RevertOfAsync(server, session)) is null;
            var request = SendAsync(server, session, undoes ? asked : null);
            var from = undoes ? "new" : "old";
            var enough = random.Next(0, Files + 2);
            await Eventually.TrueAsync(() => request.IsCompleted || Enumerable.Range(0, Files).Count(i => Project.Read($"f{i}").StartsWith(from == "new" ? "old" : "new", StringComparison.Ordinal)) >= enough, "files to be set");
            await server.KillAsync();
            await Eventually.EndsAsync(request, "the request to the killed server");
            AssertWhole();

            var next = await RestartAsync(server);
            await server.DisposeAsync();
            server = next;
            await Eventually.TrueAsync(async () => AreAll(await RevertOfAsync(server, session) is null ? "new" : "old"), "files that are as the session says");
            AssertWhole();
            Assert.Empty(Directory.EnumerateFiles(Setup.Project, ".*.tmp"));
            undone += await RevertOfAsync(server, session) is null ? 0 : 1;
        }

        Output.WriteLine($"{undone} rounds ended undone.");
        await SendAsync(server, session, asked);
        Assert.Equal(asked, await RevertOfAsync(server, session));
        Assert.True(AreAll("old") && !File.Exists(Project.At("made")));
    }

    [Fact]
    public async Task A_git_that_never_answers_stops_no_turn_and_no_undo()
    {
        var git = Programs.Find("git")!;
        var stub = Path.Combine(Folder.Sub("bin"), "git");
        File.WriteAllText(stub, $"#!/bin/sh\ncase \"$*\" in *ls-files*) exec sleep 20;; *) exec {git} \"$@\";; esac\n");
        new GitFolder(Folder.Sub("bin")).MakeRunnable("git");
        GitFolder.Init(Setup.Project);
        var server = await StartAsync(Setup with { Within = ["/usr/bin/env", $"PATH={Folder.Sub("bin")}:{Environment.GetEnvironmentVariable("PATH")}"] });
        var session = await server.Api.CreateSessionAsync(new { title = "T" });

        await server.Api.AskAsync(session, "run: echo x > a.txt");
        var messages = await server.Api.MessagesAsync(session);
        var asked = messages[0].Text("info", "id");
        await SendAsync(server, session, asked);

        Assert.DoesNotContain(messages.SelectMany(static message => message.GetProperty("parts").EnumerateArray()), static part => part.Has("snapshot"));
        Assert.Equal(asked, await RevertOfAsync(server, session));
        Assert.Equal("x\n", Project.Read("a.txt"));
        Assert.Single(server.Log.Split('\n'), static line => line.Contains("[5060]", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_undo_right_after_an_abort_restores_what_the_command_did_and_one_of_a_line_of_the_user_s_restores_nothing()
    {
        Project.Write("a.txt", "old");
        GitFolder.Init(Setup.Project);
        var server = await StartAsync();
        var session = await server.Api.CreateSessionAsync(new { title = "T" });
        await server.Api.PromptAsync(session, "run: echo new > a.txt; touch made; sleep 600");
        await Eventually.TrueAsync(() => File.Exists(Project.At("made")), "a command that has changed files");
        var asked = (await server.Api.MessagesAsync(session))[0].Text("info", "id");

        await server.Api.PostAsync($"/session/{session}/abort");
        await SendAsync(server, session, asked);

        Assert.Equal("old", Project.Read("a.txt"));
        Assert.False(File.Exists(Project.At("made")));
        await SendAsync(server, session, null);
        Assert.Equal("new\n", Project.Read("a.txt"));

        await server.Api.PostAsync($"/session/{session}/shell", new { agent = "build", command = "echo mine > a.txt" });
        var line = (await server.Api.MessagesAsync(session)).Last(static message => message.Text("info", "role") == "user").Text("info", "id");
        await SendAsync(server, session, line);
        Assert.Equal("mine\n", Project.Read("a.txt"));
        await SendAsync(server, session, asked);
        Assert.Equal("old", Project.Read("a.txt"));
    }

    [Fact]
    public async Task Snapshots_can_be_switched_off()
    {
        GitFolder.Init(Setup.Project);
        var server = await StartAsync(Setup with { Config = new() { ["snapshot"] = false } });
        var session = await server.Api.CreateSessionAsync(new { title = "T" });

        await server.Api.AskAsync(session, "run: echo x > a.txt");

        Assert.DoesNotContain((await server.Api.MessagesAsync(session)).SelectMany(static message => message.GetProperty("parts").EnumerateArray()), static part => part.Has("snapshot"));
        Assert.False(Directory.Exists(Path.Combine(Setup.DataFolder, "snapshots")));
    }

    [Fact]
    public async Task A_repository_is_one_before_its_first_commit_and_keeps_its_sessions_with_it()
    {
        Project.Write("old.txt", "old\n");
        Project.Git("init", "--quiet", "--initial-branch=trunk");
        Project.Git("add", "old.txt");
        var server = await StartAsync();
        var session = await server.Api.CreateSessionAsync(new { title = "T" });

        await server.Api.AskAsync(session, "run: echo new > old.txt; echo x > made.txt");
        Assert.Equal("trunk", (await server.Api.GetAsync("/vcs")).Text("branch"));
        Assert.Equal(["made.txt", "old.txt"], (await server.Api.GetAsync("/vcs/diff?mode=git")).EnumerateArray().Select(static file => file.Text("file")));
        Assert.Equal((Setup.Project, "git"), ((await server.Api.GetAsync("/path")).Text("worktree"), (await server.Api.GetAsync("/project/current")).Text("vcs")));

        await SendAsync(server, session, (await server.Api.MessagesAsync(session))[0].Text("info", "id"));
        Assert.Equal(("old\n", false), (Project.Read("old.txt"), File.Exists(Project.At("made.txt"))));

        GitFolder.Init(Setup.Project);
        await Eventually.TrueAsync(async () => (await server.Api.GetAsync("/project/current")).Text("id") != "global", "the commit to be seen");
        Assert.Equal(session, Assert.Single((await server.Api.GetAsync($"/session?directory={Uri.EscapeDataString(Setup.Project)}")).EnumerateArray()).Text("id"));
        Assert.Equal(session, Assert.Single((await server.Api.GetAsync("/session")).EnumerateArray()).Text("id"));
    }

    private static string Text(string word, int file) => string.Concat(Enumerable.Repeat($"{word} {file}\n", 500));

    private static async Task<string?> RevertOfAsync(ServerProcess server, string session) => (await server.Api.GetAsync($"/session/{session}")).Text("revert", "messageID");

    private static async Task SendAsync(ServerProcess server, string session, string? undone)
    {
        try
        {
            if (undone is not null)
                await server.Api.PostAsync($"/session/{session}/revert", new { messageID = undone });
            else
                await server.Api.PostAsync($"/session/{session}/unrevert");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // The server was killed.
        }
    }

    private bool AreAll(string word) => Enumerable.Range(0, Files).All(i => Project.Read($"f{i}") == Text(word, i));

    private void AssertWhole()
    {
        for (var i = 0; i < Files; i++)
            Assert.Contains(Project.Read($"f{i}"), (string[])[Text("old", i), Text("new", i)]);
    }
}
