using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Clients;

/// <summary>A user's day in the real TUI, step by step.</summary>
[Collection(HeavyTests.Name)]
public sealed class TuiWalkTests(ITestOutputHelper output) : TuiTest(output)
{
    private Tui _tui = null!;

    [SkippableFact]
    public async Task A_user_works_in_the_TUI()
    {
        await StartServerAsync();
        _tui = await StartTuiAsync();
        foreach (var (name, step) in Steps())
        {
            Output.WriteLine(name);
            await step();
        }
    }

    private IEnumerable<(string Name, Func<Task> Step)> Steps() =>
    [
        ("it begins at home", () => _tui.SeeAsync("Ask anything(.|\n)*Build · Fake 1")),
        ("a prompt streams its answer", async () =>
        {
            await _tui.EnterAsync("hello");
            await _tui.SeeAsync("Hello from the fake model");
        }),
        ("reasoning is shown", async () =>
        {
            await _tui.EnterAsync("think: deeply about it");
            await _tui.SeeAsync("Done thinking");
        }),
        ("the shell tool shows its output", async () =>
        {
            await _tui.EnterAsync("run: echo tool-$((40+2))");
            await _tui.SeeAsync("tool-42");
        }),
        ("a file is written, read and edited", async () =>
        {
            await _tui.EnterAsync("""call: write {"filePath":"made.txt","content":"first line\nsecond line\n"}""");
            await _tui.SeeAsync("# Wrote made.txt(.|\n)*2 second line(.|\n)*The tool has run");
            await _tui.EnterAsync("""call: read {"filePath":"made.txt"}""");
            await _tui.SeeAsync("Read made.txt(.|\n)*The tool has run");
            await _tui.EnterAsync("""call: edit {"filePath":"made.txt","oldString":"second","newString":"changed"}""");
            await _tui.SeeAsync("Edit made.txt(.|\n)*2 - second line(.|\n)*2 \\+ changed line(.|\n)*The tool has run");
            Assert.Equal("first line\nchanged line\n", await File.ReadAllTextAsync(Path.Combine(Setup.Project, "made.txt")));
        }),
        ("a list of things to do is shown", async () =>
        {
            await _tui.EnterAsync("""call: todowrite {"todos":[{"content":"First thing","status":"in_progress","priority":"high"},{"content":"Second thing","status":"pending","priority":"low"}]}""");
            await _tui.SeeAsync("# Todos(.|\n)*\\[•\\] First thing(.|\n)*\\[ \\] Second thing");
        }),
        ("a subagent does a task", async () =>
        {
            await _tui.EnterAsync("""call: task {"description":"Say hi","prompt":"say hi from the subagent","subagent_type":"general"}""");
            await _tui.SeeAsync("General Task — Say hi(.|\n)*The tool has run");
        }),
        ("a file is mentioned", async () =>
        {
            await _tui.WriteAsync("look at @made");
            await _tui.SeeAsync("┃ made\\.txt");
            await _tui.PressAsync("Enter");
            await _tui.SeeAsync("look at @made\\.txt");
            await _tui.EnterAsync(" please");
            await _tui.SeeAsync("File  made\\.txt(.|\n)*Hello from the fake model");
        }),
        ("a command of the configuration runs", async () =>
        {
            await _tui.EnterAsync("/hi bob");
            await _tui.SeeAsync("Say hi to bob(.|\n)*Hello from the fake model");
        }),
        ("a permission is asked and given", async () =>
        {
            await File.WriteAllTextAsync(Path.Combine(Setup.Project, "secret.txt"), "content-of-the-file");
            await _tui.EnterAsync("run: cat secret.txt");
            await _tui.SeeAsync("Permission required");
            await _tui.PressAsync("Enter");
            await _tui.SeeAsync("content-of-the-file");
            await _tui.SeeNoMoreAsync("Permission required");
        }),
        ("a question is asked and answered", async () =>
        {
            await _tui.EnterAsync("ask: Tea or coffee? | Tea | Coffee");
            await _tui.SeeAsync("1\\. Tea");
            await _tui.PressAsync("Down");
            await _tui.PressAsync("Enter");
            await _tui.SeeNoMoreAsync("1\\. Tea");
            await _tui.SeeAsync("# Questions(.|\n)*Coffee");
        }),
        ("the session is renamed", async () =>
        {
            await _tui.EnterAsync("/rename");
            await _tui.SeeAsync("Rename Session");
            await _tui.PressAsync("C-u");
            await _tui.EnterAsync("A new name");
            await _tui.SeeAsync("A new name");
        }),
        ("a line of the shell runs", async () =>
        {
            await _tui.WriteAsync("!");
            await _tui.SeeAsync("Shell");
            await _tui.EnterAsync("echo shell-$((40+3))");
            await _tui.SeeAsync("shell-43");
        }),
        ("the model picker lists the models", async () =>
        {
            await _tui.EnterAsync("/models");
            await _tui.SeeAsync("Select model(.|\n)*Fake 1");
            await _tui.PressAsync("Escape");
            await _tui.SeeNoMoreAsync("Select model");
        }),
        ("the agent picker lists the agents", async () =>
        {
            await _tui.EnterAsync("/agents");
            await _tui.SeeAsync("Select agent(.|\n)*build");
            await _tui.PressAsync("Escape");
            await _tui.SeeNoMoreAsync("Select agent");
        }),
        ("a slow answer is aborted", async () =>
        {
            await _tui.EnterAsync("slow: 400");
            await _tui.SeeAsync("word10 ");
            await _tui.PressAsync("Escape");
            await _tui.PressAsync("Escape");
            await _tui.SeeAsync("interrupted");
        }),
        ("a new session begins", async () =>
        {
            await _tui.EnterAsync("/new");
            await _tui.SeeAsync("Ask anything");
            await _tui.EnterAsync("hello");
            await _tui.SeeAsync("Hello from the fake model");
        }),
        ("the list of sessions has both, and opens the first", async () =>
        {
            await _tui.EnterAsync("/sessions");
            await _tui.SeeAsync("Sessions(.|\n)*A new name");
            await _tui.WriteAsync("new name");
            await _tui.SeeNoMoreAsync("● (A title|New session)");
            await _tui.PressAsync("Enter");
            await _tui.SeeAsync("interrupted");
        }),
        ("the session is summed up", async () =>
        {
            await _tui.EnterAsync("/compact");
            await _tui.SeeAsync("─ Compaction ─(.|\n)*Compaction · Fake 1");
        }),
        ("the session is forked", async () =>
        {
            await _tui.EnterAsync("/fork");
            await _tui.SeeAsync("Fork session(.|\n)*Full session");
            await _tui.PressAsync("Enter");
            await _tui.SeeAsync("A new name \\(fork #1\\)");
        }),
        ("it ends at the command to quit", async () =>
        {
            await _tui.EnterAsync("/exit");
            await _tui.SeeAsync("EXITED 0");
        }),
    ];
}
