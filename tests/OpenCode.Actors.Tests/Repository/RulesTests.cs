namespace OpenCode.Actors.Tests.Repository;

/// <summary>The repository cites its rules by the names that <c>docs/rules.md</c> has, and needs no page from outside.</summary>
public sealed class RulesTests
{
    private static readonly IReadOnlySet<string> _defined = RuleCitations.Defined(Checkout.Read("docs/rules.md"));

    [Fact]
    public void Every_rule_that_is_cited_is_defined() => AssertNone(Checkout.Files(), Unknown);

    [Fact]
    public void No_rule_is_cited_by_number() => AssertNone(Checkout.Files(), RuleCitations.Numbers);

    [Fact]
    public void No_page_outside_the_repository_is_cited() => AssertNone(Checkout.Files().Where(file => file != "CHANGELOG.md"), RuleCitations.OutsidePages);

    [Fact]
    public void The_files_of_the_repository_are_found_and_cite_rules()
    {
        var files = Checkout.Files().ToList();

        Assert.Contains("src/OpenCode.Actors.Journal/IJournal.cs", files);
        Assert.Contains("docs/architecture.md", files);
        Assert.True(files.Sum(file => RuleCitations.Names(Checkout.Read(file)).Count()) > 100);
        Assert.True(_defined.Count > 40);
    }

    [Theory]
    [InlineData("""/// Waits (rule "Order barier").""")]
    [InlineData("""// Rule "Order barrier" and rule "No such rule".""")]
    [InlineData("/// A name that goes on in the next line (rule \"Order\n    /// barriers\").")]
    public void An_unknown_name_is_found(string text) => Assert.Single(Unknown(text));

    [Theory]
    [InlineData("""/// Waits (rule "Order barrier").""")]
    [InlineData("/// A name that goes on in the next line (rule \"Order\n    /// barrier\").")]
    public void A_defined_name_passes(string text) => Assert.Empty(Unknown(text));

    [Theory]
    [InlineData("/// Waits (RULES D1).")]
    [InlineData("/// Waits (D1, G3).")]
    [InlineData("// D4: native EventSource never returns.")]
    [InlineData("public void D1_a_stalled_stream_is_waited_for()")]
    [InlineData("All of RULES B.")]
    public void A_number_is_found(string text) => Assert.Single(RuleCitations.Numbers(text));

    [Theory]
    [InlineData("See DESIGN 10.")]
    [InlineData("The body of errors (PROTOCOL §3.2).")]
    [InlineData("As RULES has it.")]
    [InlineData("Read ../shared/notes.md.")]
    [InlineData("Issue 2, point 9.")]
    public void A_page_outside_is_found(string text) => Assert.Single(RuleCitations.OutsidePages(text));

    private static IEnumerable<string> Unknown(string text) => RuleCitations.Names(text).Where(name => !_defined.Contains(name));

    // This file has examples of what is forbidden.
    private static void AssertNone(IEnumerable<string> files, Func<string, IEnumerable<string>> citations)
    {
        var found = files.Where(file => !file.EndsWith("Repository/RulesTests.cs", StringComparison.Ordinal))
            .SelectMany(file => citations(Checkout.Read(file)).Select(citation => $"{file}: {citation}"))
            .ToList();

        Assert.True(found.Count == 0, string.Join('\n', found));
    }
}
