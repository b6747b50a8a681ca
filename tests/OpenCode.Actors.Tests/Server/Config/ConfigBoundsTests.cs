using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Tests.Server.Config;

/// <summary>The files of a location may come from a foreign repository: what is too much is refused with its place, and what did not change is not read again.</summary>
public sealed class ConfigBoundsTests
{
    private readonly FakeConfigSource _files = new();
    private readonly ConfigCatalog _configs;

    public ConfigBoundsTests()
    {
        _files.Files["/w/.git/HEAD"] = "";
        _configs = ConfigCatalog.Open(_files, null, "/elsewhere");
    }

    public static TheoryData<string, string> TooMuch => new()
    {
        { Laughs(9, 10), "with its aliases it has more than" },
        { Laughs(4, 18), "with its aliases it has more than" },
        { "a: &a " + new string('x', 300_000) + "\nb: [*a, *a, *a, *a]", "with its aliases it has more than" },
        { "a: " + new string('[', 200_000), "nested deeper" },
        { "a: " + string.Concat(Enumerable.Repeat("{b: ", 200_000)), "nested deeper" },
        { string.Concat(Enumerable.Repeat("- ", 100_000)), "nested deeper" },
        { string.Concat(Enumerable.Range(0, 2_000).Select(n => new string(' ', n) + "a:\n")), "nested deeper" },
        { "a: &a [*a]", "cannot be read" },
    };

    [Theory]
    [MemberData(nameof(TooMuch))]
    public void Yaml_that_stands_for_too_much_is_refused(string yaml, string reason)
    {
        _files.Files["/w/.opencode/agent/a.md"] = $"---\n{yaml}\n---\ntext";

        var mistake = Assert.Single(Mistakes());

        Assert.Equal("/w/.opencode/agent/a.md", mistake.Source);
        Assert.Contains(reason, mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_are_followed()
    {
        _files.Files["/w/.opencode/agent/a.md"] = "---\npermission:\n  bash: &rules\n    \"*\": ask\n  edit: *rules\n---\ntext";

        Assert.Equal(["bash", "edit"], Assert.Single(_configs.For("/w").Values.Agents).Permission.Select(static rule => rule.Permission));
    }

    [Fact]
    public void A_line_of_many_colons_takes_no_time()
    {
        _files.Files["/w/.opencode/agent/a.md"] = $"---\ndescription: a: {string.Concat(Enumerable.Repeat("b: ", 100_000))}\n---\ntext";

        Assert.StartsWith("a: b: b:", Assert.Single(_configs.For("/w").Values.Agents).Description, StringComparison.Ordinal);
    }

    [Fact]
    public void References_that_are_never_closed_take_no_time()
    {
        _files.Files["/w/opencode.json"] = $$"""{"username":"{{string.Concat(Enumerable.Repeat("{env:", 200_000))}}"}""";

        Assert.Empty(_configs.For("/w").Mistakes);
    }

    [Fact]
    public void References_do_not_add_up_without_end()
    {
        _files.Files["/w/large"] = new string('x', 1 << 20);
        _files.Files["/w/opencode.json"] = $$"""{"username":"{{string.Concat(Enumerable.Repeat("{file:large}", 50_000))}}"}""";
        _files.ReadPaths.Clear();

        var mistakes = Mistakes();

        Assert.Contains("more than 4 MiB", mistakes[0].Message, StringComparison.Ordinal);
        Assert.InRange(_files.ReadPaths.Count, 1, 100);
        Assert.InRange(Assert.Throws<ConfigException>(() => _configs.For("/w")).Message.Length, 1, 100_000);
    }

    [Fact]
    public void Variables_do_not_add_up_without_end()
    {
        _files.Variables["LARGE"] = new string('x', 100_000);
        _files.Files["/w/opencode.json"] = $$"""{"username":"{{string.Concat(Enumerable.Repeat("{env:LARGE}", 50_000))}}"}""";

        Assert.Contains("more than 4 MiB", Mistakes()[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_location_has_a_thousand_files_at_most()
    {
        for (var n = 0; n < 1_001; n++)
            _files.Files[$"/w/.opencode/agent/{n}.md"] = "text";

        Assert.Contains("more than 1000 files", Mistakes()[0].Message, StringComparison.Ordinal);

        _files.Files.Remove("/w/.opencode/agent/0.md");
        Assert.Equal(1_000, _configs.For("/w").Values.Agents.Count);
    }

    [Fact]
    public void What_did_not_change_is_not_read_again()
    {
        _files.Files["/w/opencode.json"] = """{"model":"embedded/assistant"}""";
        _files.Stamps["/w/opencode.json"] = "1";
        var known = _configs.For("/w");
        _files.ReadPaths.Clear();

        Assert.Same(known, _configs.For("/w"));
        Assert.DoesNotContain("/w/opencode.json", _files.ReadPaths);

        _files.Files["/w/opencode.json"] = """{"default_agent":"plan"}""";
        _files.Stamps["/w/opencode.json"] = "2";
        Assert.Equal("plan", _configs.For("/w").Values.DefaultAgent);

        _files.Stamps.Remove("/w/opencode.json"); // changed a moment ago
        _files.Files["/w/opencode.json"] = """{"default_agent":"build"}""";
        Assert.Equal("build", _configs.For("/w").Values.DefaultAgent);
        Assert.Same(_configs.For("/w"), _configs.For("/w"));
    }

    [Fact]
    public void A_location_with_mistakes_is_not_read_again_either_until_it_changes()
    {
        _files.Files["/w/opencode.json"] = "{";
        _files.Stamps["/w/opencode.json"] = "1";
        Mistakes();
        _files.ReadPaths.Clear();

        Mistakes();
        Assert.DoesNotContain("/w/opencode.json", _files.ReadPaths);

        _files.Files["/w/opencode.json"] = "{}";
        _files.Stamps["/w/opencode.json"] = "2";
        Assert.Empty(_configs.For("/w").Mistakes);
    }

    private static string Laughs(int levels, int each) =>
        "a0: &a0 ha\n" + string.Concat(Enumerable.Range(1, levels).Select(n => $"a{n}: &a{n} [{string.Join(", ", Enumerable.Repeat($"*a{n - 1}", each))}]\n"));

    private IReadOnlyList<ConfigMistake> Mistakes() => Assert.Throws<ConfigException>(() => _configs.For("/w")).Mistakes;
}
