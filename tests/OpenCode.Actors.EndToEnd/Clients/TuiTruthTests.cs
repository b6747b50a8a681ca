using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Clients;

/// <summary>The real TUI loads nothing again when its stream comes back: what it missed is sent to it (rule "Repaint scope").</summary>
[Collection(HeavyTests.Name)]
public sealed class TuiTruthTests(ITestOutputHelper output) : TuiTest(output)
{
    [SkippableFact]
    public async Task A_TUI_whose_stream_was_cut_in_a_turn_shows_the_whole_answer()
    {
        await StartServerAsync();
        await using var proxy = new TcpProxy(Server.Root);
        var tui = await StartTuiAsync(proxy.Root);
        await tui.EnterAsync("slow: 60");
        await tui.SeeAsync("word10 ");

        await proxy.CutAsync();
        await Server.Api.IdleAsync(await SessionAsync());
        await proxy.MendAsync();

        await tui.SeeAsync("word59");
        await tui.SeeNoMoreAsync("esc interrupt");
        var screen = await tui.ScreenAsync();
        Assert.DoesNotContain("word30 word30", screen, StringComparison.Ordinal);
    }

    [SkippableFact]
    public async Task A_TUI_whose_stream_was_cut_for_a_moment_goes_on_in_the_middle_of_the_text()
    {
        await StartServerAsync();
        await using var proxy = new TcpProxy(Server.Root);
        var tui = await StartTuiAsync(proxy.Root);
        await tui.EnterAsync("slow: 120");
        await tui.SeeAsync("word10 ");

        proxy.ResetAll();

        await tui.SeeAsync("word119");
        var words = System.Text.RegularExpressions.Regex.Matches(await tui.ScreenAsync(), "word([0-9]+)").Select(static m => m.Groups[1].Value).ToList();
        Assert.Equal(Enumerable.Range(0, 120).Select(static n => $"{n}"), words);
    }

    [SkippableFact]
    public async Task A_TUI_shows_how_a_turn_ended_that_its_server_did_not_survive()
    {
        await StartServerAsync();
        var tui = await StartTuiAsync();
        await tui.EnterAsync("slow: 400");
        await tui.SeeAsync("word10 ");

        await Server.KillAsync();
        Server = await RestartAsync(Server);

        await tui.SeeAsync("interrupted");
        await tui.SeeNoMoreAsync("esc interrupt");
        await tui.EnterAsync("hello");
        await tui.SeeAsync("Hello from the fake model");
    }

    [SkippableFact]
    public async Task A_TUI_that_attaches_to_a_session_with_a_pending_permission_shows_the_dialog_and_its_answer_ends_the_turn()
    {
        await StartServerAsync();
        await File.WriteAllTextAsync(Path.Combine(Setup.Project, "secret.txt"), "content-of-the-file");
        var session = await Server.Api.CreateSessionAsync();
        await Server.Api.PromptAsync(session, "run: cat secret.txt");
        await Eventually.TrueAsync(async () => (await Server.Api.GetAsync("/permission")).GetArrayLength() == 1, "the permission is asked");

        var tui = await StartTuiAsync(session: session);
        await tui.SeeAsync("Permission required");
        await tui.PressAsync("Enter");

        await tui.SeeAsync("The tool has run");
        await tui.SeeNoMoreAsync("Permission required");
        await Server.Api.IdleAsync(session);
    }

    [SkippableFact]
    public async Task Two_TUIs_on_one_session_show_the_same()
    {
        await StartServerAsync();
        var session = await Server.Api.CreateSessionAsync();
        await Server.Api.AskAsync(session, "hello");
        var one = await StartTuiAsync(session: session);
        var other = await StartTuiAsync(session: session);

        await one.EnterAsync("ask: Tea or coffee? | Tea | Coffee");
        await one.SeeAsync("1\\. Tea");
        await other.SeeAsync("1\\. Tea");
        await other.PressAsync("Enter");
        await one.SeeNoMoreAsync("1\\. Tea");
        await one.SeeAsync("The tool has run");
        await other.SeeAsync("The tool has run");

        await other.EnterAsync("think: of both");
        await one.SeeAsync("Done thinking");
    }
}
