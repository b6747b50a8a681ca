using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Clients;

/// <summary>Undo and redo by the keys of the real TUI: messages and files go and come back.</summary>
[Collection(HeavyTests.Name)]
public sealed class TuiUndoTests(ITestOutputHelper output) : TuiTest(output)
{
    [SkippableFact]
    public async Task A_user_undoes_and_redoes_a_prompt()
    {
        var project = GitFolder.Init(Setup.Project);
        await StartServerAsync();
        var tui = await StartTuiAsync();
        await tui.EnterAsync("hello");
        await tui.SeeAsync("Hello from the fake model");
        await tui.EnterAsync("run: echo made-$((40+2)) > made.txt");
        await tui.SeeAsync("The tool has run");
        await Server.Api.IdleAsync(await SessionAsync());
        Assert.Equal("made-42\n", project.Read("made.txt"));

        await tui.EnterAsync("/undo");
        await tui.SeeAsync("made.txt(.|\n)*redo|redo(.|\n)*made.txt"); // what is undone, and how it comes back
        await tui.SeeNoMoreAsync("The tool has run");
        await Eventually.TrueAsync(() => !File.Exists(project.At("made.txt")), "the file to go");

        await tui.PressAsync("C-u"); // the text of the prompt came back into the input
        await tui.EnterAsync("/redo");
        await tui.SeeAsync("The tool has run");
        await Eventually.TrueAsync(() => File.Exists(project.At("made.txt")), "the file to come back");
        Assert.Equal("made-42\n", project.Read("made.txt"));
    }
}
