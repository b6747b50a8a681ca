using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Skills;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Skills;

namespace OpenCode.Actors.Tests.Sessions.Tools.Skills;

public sealed class SkillToolTests : ISkillCatalog
{
    private readonly MemoryFiles _files = new();
    private readonly List<Skill> _skills = [new("pdf", "Reads\nPDFs.", "/s/pdf/SKILL.md", "\nUse scripts/a.sh.\n"), new("none", null, "/s/none/SKILL.md", "Hidden."), new("secret", "Denied.", "/s/secret/SKILL.md", "x")];
    private readonly List<string> _faults = [];

    [Fact]
    public async Task Its_description_lists_the_skills_that_the_rules_allow()
    {
        var description = await DescribeAsync(new PermissionRule("skill", "secret", PermissionAction.Deny));

        Assert.EndsWith("\nSkills:\n- pdf: Reads PDFs.", description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_description_is_bounded_and_names_what_was_left_out()
    {
        _skills.AddRange(Enumerable.Range(0, 500).Select(static n => new Skill($"s{n}", new string('x', 5_000), $"/s/{n}/SKILL.md", "x")));
        _faults.Add("/s/bad/SKILL.md: name: is missing.");

        var description = await DescribeAsync();

        Assert.InRange(description.Length, 100_000, 250_000);
        Assert.Contains("(302 more are not listed.)", description, StringComparison.Ordinal);
        Assert.EndsWith("\n- /s/bad/SKILL.md: name: is missing.", description, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_gives_the_text_the_folder_and_what_is_in_it()
    {
        _files["/s/pdf/SKILL.md"] = _files["/s/pdf/scripts/a.sh"] = _files["/s/pdf/form.txt"] = "x";

        var outcome = await Tool.RunAsync(Call("pdf"), Context, CancellationToken.None);

        Assert.Equal("Loaded skill: pdf", outcome.Title);
        Assert.Equal(
            "<skill_content name=\"pdf\">\nUse scripts/a.sh.\n\nBase folder of this skill, which its paths are relative to: /s/pdf\nIt has:\n- form.txt\n- scripts/\n</skill_content>",
            outcome.Output);
        Assert.Equal("""{"name":"pdf","dir":"/s/pdf"}""", outcome.Metadata.GetRawText());
    }

    [Fact]
    public async Task A_long_text_is_cut_and_says_where_the_rest_is()
    {
        _skills.Add(new Skill("long", "d", "/s/long/SKILL.md", $"{new string('x', 49_999)}😀{new string('x', 9_999)}"));

        Assert.Contains("x\n\n(It has 60000 characters: read /s/long/SKILL.md", (await Tool.RunAsync(Call("long"), Context, CancellationToken.None)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_skill_is_an_error_that_lists_those_there_are()
    {
        var refused = await Assert.ThrowsAsync<ToolRefusedException>(() => Tool.RunAsync(Call("nope"), Context, CancellationToken.None));

        Assert.StartsWith("There is no skill 'nope' here. Skills:\n- pdf:", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_needs_the_permission_for_its_skill()
    {
        var need = Assert.Single(Tool.NeedsOf(Call("pdf"), new ToolLocation("/p", "/p", _files)));

        Assert.Equal(("skill", "pdf", "pdf"), (need.Permission, Assert.Single(need.Patterns), Assert.Single(need.Always)));
    }

    LocationSkills ISkillCatalog.For(string directory) => new(_skills, _faults);

    private static ToolContext Context => new(new SessionId("ses_x"), "/p", "call_1");

    private SkillTool Tool => new(() => this, _files);

    private static ToolCall Call(string name) => new("call_1", "skill", JsonElement.Parse($$"""{"name":"{{name}}"}"""));

    private async Task<string> DescribeAsync(params PermissionRule[] rules) => (await Tool.DescribeAsync(new ToolScope("/p", [rules]), CancellationToken.None)).Description;
}
