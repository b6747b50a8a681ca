using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Skills;
using OpenCode.Actors.Tests.Server.Config;
using OpenCode.Actors.Tests.Server.Http;

namespace OpenCode.Actors.Tests.Server.Skills;

public sealed class ConfiguredSkillsTests
{
    private readonly FakeConfigSource _files = new();

    public ConfiguredSkillsTests() => _files.Files["/w/.git/HEAD"] = "";

    /// <summary>Gets the places where the real server (1.18.33) finds skills, lowest first.</summary>
    public static TheoryData<string[]> Places => new(
        ["/users/dev/.claude/skills/x", "/users/dev/.agents/skills/x", "/w/.claude/skills/x", "/w/.agents/skills/x", "/w/a/.claude/skills/x"],
        ["/w/a/.claude/skills/x", "/users/dev/.config/opencode/skills/x", "/users/dev/.config/opencode/skill/x", "/w/.opencode/skills/x", "/w/.opencode/skill/deep/er/x", "/w/a/.opencode/skills"],
        ["/w/a/.opencode/skills", "/users/dev/.opencode/skills/x", "/dir/skill/x", "/more/x"]);

    [Theory]
    [MemberData(nameof(Places))]
    public void A_skill_of_a_later_place_takes_the_place_of_an_earlier_one(string[] places)
    {
        _files.Variables["OPENCODE_CONFIG_DIR"] = "/dir";
        _files.Files["/w/opencode.json"] = """{"skills":{"paths":["/more"]}}""";
        var skills = Open();

        foreach (var (n, place) in places.Index())
        {
            _files.Files[$"{place}/SKILL.md"] = Skill("same", $"of {n}");
            _files.Files[$"{place}/own/SKILL.md"] = Skill($"own {n}", "d");

            var found = skills.For("/w/a");

            Assert.Equal($"of {n}", found.Find("same")!.Description);
            Assert.Equal(place, found.Find("same")!.Folder);
            Assert.Equal(n + 2, found.All.Count);
        }
    }

    [Theory]
    [InlineData("OPENCODE_DISABLE_EXTERNAL_SKILLS", "opencode")]
    [InlineData("OPENCODE_DISABLE_CLAUDE_CODE_SKILLS", "agents,opencode")]
    [InlineData("OPENCODE_DISABLE_CLAUDE_CODE", "agents,opencode")]
    [InlineData("OPENCODE_DISABLE_PROJECT_CONFIG", "claude")]
    [InlineData("NONE", "agents,claude,opencode")]
    public void Variables_switch_places_off(string variable, string left)
    {
        _files.Variables[variable] = "1";
        _files.Files["/users/dev/.claude/skills/c/SKILL.md"] = Skill("claude", "d");
        _files.Files["/w/.agents/skills/a/SKILL.md"] = Skill("agents", "d");
        _files.Files["/w/.opencode/skill/o/SKILL.md"] = Skill("opencode", "d");

        Assert.Equal(left, string.Join(',', Open().For("/w").All.Select(static skill => skill.Name)));
    }

    [Theory]
    [InlineData("no front matter")]
    [InlineData("---\ndescription: no name\n---\nx")]
    [InlineData("---\nname: [broken\n---\nx")]
    [InlineData("---\nname: no end\n")]
    [InlineData("---\nname: {a: b}\n---\nx")]
    public void A_broken_file_is_named_and_left_out_and_the_others_stay(string text)
    {
        _files.Files["/w/.opencode/skills/broken/SKILL.md"] = text;
        _files.Files["/w/.opencode/skills/good/SKILL.md"] = Skill("good", "d");

        var found = Open().For("/w");

        Assert.Equal("good", Assert.Single(found.All).Name);
        Assert.StartsWith("/w/.opencode/skills/broken/SKILL.md: ", Assert.Single(found.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_too_much_is_named_and_the_rest_of_the_folders_is_read()
    {
        for (var n = 0; n < 1_100; n++)
            _files.Files[$"/w/.opencode/skills/{n:0000}/SKILL.md"] = Skill($"s{n}", "d");

        var found = Open().For("/w");

        Assert.InRange(found.All.Count, 900, 1_001);
        Assert.Contains("more than 1000 files", found.Faults[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_changed_file_holds_at_once_and_one_that_did_not_change_is_not_read_again()
    {
        var path = "/w/.opencode/skills/x/SKILL.md";
        (_files.Files[path], _files.Stamps[path]) = (Skill("x", "before"), "1");
        var skills = Open();
        skills.For("/w");
        _files.ReadPaths.Clear();

        Assert.Equal("before", skills.For("/w").Find("x")!.Description);
        Assert.DoesNotContain(path, _files.ReadPaths);

        (_files.Files[path], _files.Stamps[path]) = (Skill("x", "after"), "2");
        Assert.Equal("after", skills.For("/w").Find("x")!.Description);
    }

    [Fact]
    public async Task Clients_get_the_skills_and_call_them_as_commands()
    {
        _files.Files["/w/.opencode/skills/x/SKILL.md"] = "---\nname: x\ndescription: a: b\n---\n\nSay $1.\n";
        _files.Files["/w/.opencode/skills/init/SKILL.md"] = Skill("init", "hidden by the command");
        _files.Files["/users/dev/.claude/skills/n/SKILL.md"] = "---\nname: n\n---\nx";
        await using var server = await ServerKit.StartAsync(files: _files);

        var listed = (await server.SendAsync("GET", "/skill?directory=/w")).Body;
        var commands = (await server.SendAsync("GET", "/command?directory=/w")).Body.EnumerateArray().ToDictionary(static command => command.GetProperty("name").GetString()!);

        Assert.Equal(["init", "n", "x"], listed.EnumerateArray().Select(static skill => skill.GetProperty("name").GetString()));
        Assert.Equal(
            """{"name":"x","description":"a: b","location":"/w/.opencode/skills/x/SKILL.md","content":"Say $1."}""",
            listed[2].GetRawText());
        Assert.Equal(("skill", "command"), (commands["x"].GetProperty("source").GetString(), commands["init"].GetProperty("source").GetString()));
        Assert.Equal("$1", commands["x"].GetProperty("hints")[0].GetString());
        Assert.Contains("/w/.opencode/skills/x", commands["x"].GetProperty("template").GetString(), StringComparison.Ordinal);
    }

    private static string Skill(string name, string description) => $"---\nname: {name}\ndescription: {description}\n---\nDo it.\n";

    private ConfiguredSkills Open() => new ConfiguredSkills(ConfigCatalog.Open(_files, null, "/w"), NullLogger<ConfiguredSkills>.Instance);
}
