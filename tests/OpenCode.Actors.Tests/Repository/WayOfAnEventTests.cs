using System.Text.RegularExpressions;

namespace OpenCode.Actors.Tests.Repository;

/// <summary><c>docs/architecture.md</c> tells the way of an event as the code has it.</summary>
public sealed partial class WayOfAnEventTests
{
    private const int MostFiles = 16;
    private const string Project = "src/OpenCode.Actors.";
    private static readonly string _page = Checkout.Read("docs/architecture.md");
    private static readonly IReadOnlyList<SourceFile> _code = [.. Checkout.Code()];

    [Fact]
    public void From_post_to_socket_each_file_hands_on_by_a_type_that_the_next_one_names() => Assert.Equal("", string.Join('\n', Breaks(_page)));

    [Fact]
    public void From_post_to_socket_a_reader_opens_few_files()
    {
        var files = Steps(_page).Select(step => step.File).ToList();

        Assert.Equal("Server/Endpoints/MessageEndpoints.cs", files[0]);
        Assert.Equal("Server/Sse/KestrelSseWriter.cs", files[^1]);
        Assert.InRange(files.Count, 10, MostFiles);
    }

    [Fact]
    public void Every_file_that_the_page_names_exists()
    {
        var named = FileName().Matches(_page).Select(m => m.Groups["file"].Value).ToList();

        Assert.True(named.Count > 60);
        Assert.Equal("", string.Join('\n', named.Where(name => !_code.Any(file => file.Path.EndsWith("/" + name, StringComparison.Ordinal) || file.Path == Project + name))));
    }

    [Theory]
    [InlineData("`Streams/Log/LogRing.cs`", "`Streams/Log/LogRings.cs`", "Streams/Log/LogRings.cs does not exist")]
    [InlineData("| `Deliver` |", "| `Delivery` |", "SessionsFacade.cs does not hand on by Delivery")]
    [InlineData("| `Deliver` |", "| `SessionReader` |", "LocalSessionRegion.cs does not take SessionReader")]
    public void A_page_that_is_wrong_is_found(string right, string wrong, string found) =>
        Assert.Contains(Breaks(_page.Replace(right, wrong, StringComparison.Ordinal)), said => said.Contains(found, StringComparison.Ordinal));

    private static IEnumerable<string> Breaks(string page)
    {
        var steps = Steps(page).Select(step => (step.File, step.By, Code: _code.FirstOrDefault(file => file.Path == Project + step.File))).ToList();
        foreach (var (step, next) in steps.Zip(steps.Skip(1)))
        {
            if (step.Code is null || next.Code is null)
                yield return $"{(step.Code is null ? step : next).File} does not exist.";
            else if (!step.Code.Names.Contains(step.By) || !_code.Any(file => file.Types.Contains(step.By)))
                yield return $"{step.File} does not hand on by {step.By}.";
            else if (!next.Code.Names.Contains(step.By))
                yield return $"{next.File} does not take {step.By}.";
        }
    }

    private static IEnumerable<(string File, string By)> Steps(string page)
    {
        var from = page.IndexOf("## The way of an event, file by file", StringComparison.Ordinal);
        var section = page[from..page.IndexOf("\n## ", from, StringComparison.Ordinal)];
        return Step().Matches(section).Select(m => (m.Groups["file"].Value, m.Groups["by"].Value));
    }

    [GeneratedRegex(@"^\| \d+ \| `(?<file>[\w/]+\.cs)` \| (`(?<by>\w+)`|–) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Step();

    [GeneratedRegex(@"`(?<file>[\w/]+\.cs)`", RegexOptions.ExplicitCapture)]
    private static partial Regex FileName();
}
