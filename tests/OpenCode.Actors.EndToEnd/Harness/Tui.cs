using System.Text.RegularExpressions;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>The real TUI, <c>opencode attach</c>, in a terminal of tmux: driven by keys, read from the screen.</summary>
internal sealed class Tui : IAsyncDisposable
{
    // The completion of commands swallows an Enter that comes with the text.
    private static readonly TimeSpan _beforeEnter = TimeSpan.FromMilliseconds(400);

    // A key right behind Escape is one of the Alt key.
    private static readonly TimeSpan _afterEscape = TimeSpan.FromMilliseconds(600);
    private static readonly TimeSpan _afterLeader = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(60);

    private readonly string _socket;
    private readonly TempFolder _folder;
    private readonly Func<string> _refused;

    private Tui(string socket, TempFolder folder, Func<string> refused) => (_socket, _folder, _refused) = (socket, folder, refused);

    /// <summary>Starts a TUI and waits until it takes keys.</summary>
    /// <param name="root">Where it attaches to.</param>
    /// <param name="folder">Has its home, and the project it works in.</param>
    /// <param name="refused">Gets what the server refused, for the message of a failure.</param>
    /// <param name="arguments">More arguments of <c>attach</c>.</param>
    public static async Task<Tui> StartAsync(Uri root, TempFolder folder, Func<string> refused, params string[] arguments)
    {
        Needs.Tmux();
        var home = folder.Sub($"home-{Guid.NewGuid():N}");
        var tui = new Tui(Path.Combine(home, "tmux"), folder, refused);
        string[] environment =
        [
            $"HOME={home}", $"PATH={Environment.GetEnvironmentVariable("PATH")}", "LANG=C.UTF-8", "TERM=xterm-256color", "OPENCODE_DISABLE_AUTOUPDATE=1", "OPENCODE_DISABLE_MODELS_FETCH=1",
            "OPENCODE_DISABLE_LSP_DOWNLOAD=1", "OPENCODE_DISABLE_DEFAULT_PLUGINS=1",
        ];
        var attach = string.Join(' ', [Repository.Clients.OpenCode, "attach", root.ToString().TrimEnd('/'), .. arguments]);
        await tui.TmuxAsync(
            "-f", "/dev/null", "new-session", "-d", "-x", "130", "-y", "42", "-c", folder.Sub("project"),
            $"env -i {string.Join(' ', environment.Select(static pair => $"'{pair}'"))} {attach}; echo EXITED $?; exec sleep 600");
        await tui.SeeAsync(arguments.Length == 0 ? "Ask anything" : "OpenCode 1\\.18");
        return tui;
    }

    // A long line goes on below, behind the frame.
    private const string _wrap = "[\\s┃]*";

    /// <summary>Waits until the screen shows something.</summary>
    public Task SeeAsync(string pattern) => AwaitAsync(pattern, isThere: true);

    /// <summary>Waits until the screen shows something no more.</summary>
    public Task SeeNoMoreAsync(string pattern) => AwaitAsync(pattern, isThere: false);

    public async Task<string> ScreenAsync() => await TmuxAsync("capture-pane", "-p");

    public Task WriteAsync(string text) => TmuxAsync("send-keys", "-l", text);

    /// <summary>Writes a line and sends it.</summary>
    public async Task EnterAsync(string text)
    {
        await WriteAsync(text);
        await SeeAsync(string.Join(_wrap, text[^Math.Min(text.Length, 10)..].Select(static letter => Regex.Escape($"{letter}"))));
        await Task.Delay(_beforeEnter);
        await PressAsync("Enter");
    }

    /// <summary>Presses a key, by its name in tmux.</summary>
    public async Task PressAsync(string key)
    {
        await TmuxAsync("send-keys", key);
        if (key == "Escape")
            await Task.Delay(_afterEscape);
    }

    /// <summary>Presses the leader and a key.</summary>
    public async Task PressLeaderAsync(string key)
    {
        await PressAsync("C-x");
        await Task.Delay(_afterLeader);
        await PressAsync(key);
    }

    public async ValueTask DisposeAsync()
    {
        await using var process = Tmux("kill-server");
        await process.ExitAsync();
    }

    private async Task AwaitAsync(string pattern, bool isThere)
    {
        var screen = "";
        try
        {
            await Eventually.TrueAsync(async () => Regex.IsMatch(screen = await ScreenAsync(), pattern, RegexOptions.ExplicitCapture) == isThere, "the screen", _limit);
        }
        catch (Xunit.Sdk.XunitException)
        {
            var lines = screen.Split('\n').Select(static line => line.TrimEnd()).Where(static line => line.Length > 0).TakeLast(25);
            Assert.Fail($"The TUI {(isThere ? "does not show" : "still shows")} /{pattern}/. Its screen ends so:\n{string.Join('\n', lines)}\nRefused by the server:\n{_refused()}");
        }
    }

    private async Task<string> TmuxAsync(params string[] arguments)
    {
        await using var process = Tmux(arguments);
        Assert.True(await process.ExitAsync() == 0, $"tmux {string.Join(' ', arguments)}: {process.Errors}");
        return process.Output;
    }

    private ChildProcess Tmux(params string[] arguments) => ChildProcess.Start("tmux", ["-S", _socket, .. arguments], _folder.Path);
}
