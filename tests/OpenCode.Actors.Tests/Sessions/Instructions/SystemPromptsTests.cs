using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Sessions.Instructions;
using OpenCode.Actors.Tests.Sessions.Files;
using OpenCode.Actors.Tests.Sessions.ShellLines;

namespace OpenCode.Actors.Tests.Sessions.Instructions;

public sealed class SystemPromptsTests : IInstructionConfig, IInstructionFetcher
{
    private readonly MemoryFiles _files = new();
    private readonly ScriptedPaths _paths = new();
    private readonly FixedTime _time = new();
    private readonly Dictionary<string, string> _web = [];
    private readonly SystemPrompts _prompts;
    private InstructionSources _sources = new("/home", ["/home/.config/opencode/AGENTS.md", "/home/.claude/CLAUDE.md"], []);
    private int _fetched;

    public SystemPromptsTests() => _prompts = new SystemPrompts(_files, this, new InstructionPages(this, _time), _paths, _time, NullLogger<SystemPrompts>.Instance);

    [Fact]
    public async Task The_environment_is_told()
    {
        _files.Add("/p/.git/HEAD").Add("/p/sub/a.txt");

        var text = await WriteAsync();

        Assert.StartsWith("You are opencode", text, StringComparison.Ordinal);
        Assert.Contains("\nWorking directory: /p/sub\nRoot of the git worktree: /p\n", text, StringComparison.Ordinal);
        Assert.Contains("\nToday: 2026-03-04\nYou are the model mock/m.\n", text, StringComparison.Ordinal);
        Assert.Contains("<tree>\na.txt\n</tree>", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agents_prompt_stands_in_the_place_of_ours()
    {
        var text = await WriteAsync(agent: "You review.");

        Assert.StartsWith("You review.\n\n# Environment", text, StringComparison.Ordinal);
        Assert.Contains("in no git repository", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_the_first_kind_that_is_there_all_up_to_the_worktree_are_read()
    {
        _files.Add("/AGENTS.md", "OUTSIDE").Add("/p/.git/HEAD").Add("/p/AGENTS.md", "ROOT").Add("/p/sub/AGENTS.md", "SUB").Add("/p/CLAUDE.md", "CLAUDE")
            .Add("/home/.config/opencode/AGENTS.md", "OWN").Add("/home/.claude/CLAUDE.md", "OTHER");

        await AssertInstructionsAsync(["OWN", "ROOT", "SUB"]);
    }

    [Fact]
    public async Task Other_kinds_stand_in_for_a_missing_one()
    {
        _files.Add("/p/.git/HEAD").Add("/p/sub/CONTEXT.md", "CONTEXT").Add("/p/CLAUDE.md", "CLAUDE").Add("/home/.claude/CLAUDE.md", "OWN");

        await AssertInstructionsAsync(["OWN", "CLAUDE"]);

        _sources = _sources with { OfUser = [], ReadsClaude = false };
        await AssertInstructionsAsync(["CONTEXT"]);
    }

    [Fact]
    public async Task Outside_of_a_repository_only_the_location_is_searched()
    {
        _files.Add("/p/AGENTS.md", "ABOVE").Add("/p/sub/AGENTS.md", "HERE");

        await AssertInstructionsAsync(["HERE"]);
    }

    [Fact]
    public async Task The_configuration_names_paths_globs_and_URLs()
    {
        _files.Add("/p/.git/HEAD").Add("/p/docs/a.md", "A").Add("/p/docs/deep/b.txt", "B").Add("/p/docs/c.log", "C").Add("/home/own.md", "OWN").Add("/etc/abs.md", "ABS").Add("/p/x.md", "X");
        _web["https://h/w.md"] = "WEB";
        _sources = _sources with { Configured = ["https://h/w.md", "~/own.md", "docs/**/*.{md,txt}", "/etc/*.md", "x.md", "x.md"] };

        await AssertInstructionsAsync(["OWN", "A", "B", "ABS", "X", "WEB"]);
    }

    [Fact]
    public async Task What_a_project_has_or_names_outside_of_it_is_not_read_and_the_prompt_says_so()
    {
        const string secret = "SECRET";
        _files.Add("/p/.git/HEAD").Add("/outside/key", secret).Add("/etc/abs.md", secret)
            .Add("/p/AGENTS.md", secret).Add("/p/sub/AGENTS.md", "INSIDE").Add("/p/link.md", secret).Add("/p/docs/a.md", secret).Add("/p/docs/b.md", "OTHER");
        _paths.Links["/p/AGENTS.md"] = "/outside/key";
        _paths.Links["/p/link.md"] = "/pp/key";
        _paths.Links["/p/docs/a.md"] = "/outside/key";
        string[] named = ["link.md", "docs/*.md", "~/key", "../outside/key", "/etc/*.md"];
        _sources = _sources with { Configured = named, OfLocation = named };

        Assert.Equal([null, "INSIDE", null, null, "OTHER", null, null, null], (await CollectAsync(null, "ses_1")).Instructions.Select(static instruction => instruction.Text));
        var text = await WriteAsync();
        Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        Assert.Contains("Instructions from /p/AGENTS.md: It is left out, since it is /outside/key, which is outside of the project.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Users_name_files_of_theirs_by_whole_paths_and_what_they_name_in_a_project_stays_inside()
    {
        _files.Add("/p/.git/HEAD").Add("/home/own.md", "OWN").Add("/etc/abs.md", "ABS").Add("/p/link.md", "SECRET").Add("/home/.config/opencode/AGENTS.md", "USER");
        _paths.Links["/p/link.md"] = "/outside/key";
        _paths.Links["/home/.config/opencode/AGENTS.md"] = "/dotfiles/AGENTS.md";
        _sources = _sources with { Configured = ["~/own.md", "/etc/*.md", "link.md"] };

        await AssertInstructionsAsync(["USER", "OWN", "ABS", null]);
    }

    [Fact]
    public async Task What_cannot_be_read_is_said()
    {
        _files.Add("/p/.git/HEAD").AddLocked("/p/AGENTS.md").Add("/p/long.md", new string('x', Instruction.MostCharacters + 1));
        _sources = _sources with { Configured = ["none.md", "long.md", "https://h/away", "https://"], Fault = "The file is broken." };

        var text = await WriteAsync();

        Assert.Contains("Instructions from /p/AGENTS.md: It cannot be read: permission denied.", text, StringComparison.Ordinal);
        Assert.Contains("Instructions from none.md: The configuration names this", text, StringComparison.Ordinal);
        Assert.Contains("</instructions>\nOnly the first 65536 characters are here.", text, StringComparison.Ordinal);
        Assert.Contains("Instructions from https://h/away: It could not be fetched: 404", text, StringComparison.Ordinal);
        Assert.Contains("but it is no URL", text, StringComparison.Ordinal);
        Assert.Contains("The file is broken.", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_that_do_not_answer_are_said()
    {
        _files.IsAway = true;

        Assert.Contains("The instructions of the project are missing. The files did not answer.", await WriteAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_is_fetched_again_after_a_while()
    {
        _sources = _sources with { Configured = ["https://h/w.md"] };
        await WriteAsync();
        await WriteAsync();
        Assert.Equal(1, _fetched);

        _time.Advance(TimeSpan.FromMinutes(6));
        await WriteAsync();

        Assert.Equal(2, _fetched);
    }

    [Fact]
    public async Task A_session_keeps_its_tree_and_another_one_sees_what_is_new()
    {
        _files.Add("/p/sub/a.txt");
        await WriteAsync();
        _files.Add("/p/sub/b.txt");

        Assert.DoesNotContain("b.txt", await WriteAsync(), StringComparison.Ordinal);
        Assert.Contains("b.txt", await WriteAsync(session: "ses_2"), StringComparison.Ordinal);
    }

    InstructionSources IInstructionConfig.For(string directory) => _sources;

    async Task<string> IInstructionFetcher.GetAsync(Uri url, int mostCharacters, CancellationToken cancellationToken)
    {
        _fetched++;
        await Task.CompletedTask;
        return _web.TryGetValue(url.OriginalString, out var text) ? text : throw new HttpRequestException("404");
    }

    private async Task AssertInstructionsAsync(string?[] expected) =>
        Assert.Equal(expected, (await CollectAsync(null, "ses_1")).Instructions.Select(instruction => instruction.Text));

    private async Task<string> WriteAsync(string? agent = null, string session = "ses_1") => (await CollectAsync(agent, session)).Write(null);

    private Task<SystemPrompt> CollectAsync(string? agent, string session) => _prompts.CollectAsync(new PromptContext(session, "/p/sub", "mock/m", agent), CancellationToken.None);

    private sealed class FixedTime : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 3, 4, 12, 0, 0, TimeSpan.Zero);

        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _now.Ticks;

        public void Advance(TimeSpan time) => _now += time;
    }
}
