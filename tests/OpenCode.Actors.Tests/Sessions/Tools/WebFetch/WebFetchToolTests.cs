using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Permissions.Doors;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.WebFetch;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Tools.WebFetch;

public sealed class WebFetchToolTests
{
    private readonly VirtualTime _time = new();
    private readonly Pages _pages = new();

    [Theory]
    [InlineData("<h1>Head</h1><script>x()</script><p>One <b>two</b><br><a href='/x'>three</a></p>", "# Head\n\nOne **two**\n[three](/x)")]
    [InlineData("<ul><li>a<li>b</ul><ol><li>c</ol>", "- a\n- b\n\n1. c")]
    [InlineData("<pre>\nlet x\n  = 1\n</pre>", "```\nlet x\n  = 1\n```")]
    [InlineData("<style>p{}</style>", "")]
    public async Task Html_becomes_Markdown(string html, string text)
    {
        _pages.Page = new WebPage("text/html", html);
        Assert.Equal(text, await FetchAsync("""{"url":"https://a.test/"}"""));
    }

    [Theory]
    [InlineData("<blockquote>a<p>b</blockquote>c", "> a\n> \n> b\n\nc")]
    [InlineData("<table><tr><th>a<th>b</tr><tr><td>1</td><td>2</td></tr></table>", "| a | b |\n| 1 | 2 |")]
    [InlineData("<ul><li>a<ul><li>b</ul><li>c</ul>", "- a\n  - b\n- c")]
    [InlineData("<script>if (a<b) x='\"'</script>y<style>", "y")]
    [InlineData("a&amp;b &lt;i&gt; <b>c</b>d<!-- no --><svg><text>no</text></svg>", "a&b <i> **c**d")]
    public async Task More_html_becomes_Markdown(string html, string text)
    {
        _pages.Page = new WebPage("text/html", html);
        Assert.Equal(text, await FetchAsync("""{"url":"https://a.test/"}"""));
    }

    [Theory]
    [InlineData("<div>")]
    [InlineData("<li>")]
    [InlineData("<blockquote><ul><li>x")]
    [InlineData("<script>")]
    [InlineData("<b a='1'><p>")]
    [InlineData("</a><a href=x>")]
    public async Task Pages_of_any_depth_are_read(string tag)
    {
        _pages.Page = new WebPage("text/html", "begin " + string.Concat(Enumerable.Repeat(tag, 300_000)));
        Assert.StartsWith("begin", await FetchAsync("""{"url":"https://a.test/"}"""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Html_becomes_text_or_stays_as_it_is()
    {
        _pages.Page = new WebPage("text/html", "<p>One <b>two</b></p><script>x()</script>");
        Assert.Equal("One two", await FetchAsync("""{"url":"https://a.test/","format":"text"}"""));
        Assert.Equal(_pages.Page.Text, await FetchAsync("""{"url":"https://a.test/","format":"html"}"""));
    }

    [Theory]
    [InlineData("""{"url":"file:///etc/passwd"}""")]
    [InlineData("""{"url":"ftp://a.test/x"}""")]
    [InlineData("""{"url":"https://user:secret@a.test/"}""")]
    [InlineData("""{"url":"a.test"}""")]
    [InlineData("""{"url":"https://a.test/","format":"pdf"}""")]
    [InlineData("""{}""")]
    public async Task Other_inputs_are_refused(string input)
    {
        await Assert.ThrowsAsync<ToolRefusedException>(() => FetchAsync(input));
        Assert.Equal(0, _pages.Fetched);
    }

    [Fact]
    public async Task What_is_no_text_is_refused()
    {
        _pages.Page = new WebPage("image/png", "");
        await Assert.ThrowsAsync<ToolRefusedException>(() => FetchAsync("""{"url":"https://a.test/"}"""));
    }

    [Fact]
    public async Task A_page_that_does_not_come_in_time_is_an_error()
    {
        _pages.Page = null;
        var fetch = FetchAsync("""{"url":"https://a.test/","timeout":600}""");
        _time.Advance(TimeSpan.FromSeconds(121));
        await Assert.ThrowsAsync<ToolRefusedException>(() => fetch);
    }

    [Fact]
    public void Rules_judge_the_url_as_it_is_written_and_as_it_is_fetched()
    {
        var tool = new WebFetchTool(_pages, _time);
        var wanted = Assert.Single(tool.NeedsOf(Call("""{"url":"https://A.test/x/../secret"}"""), new ToolLocation("/proj", "/proj", new DiskPaths())));
        Assert.Equal(("webfetch", "https://a.test/secret"), (wanted.Permission, wanted.Patterns[0]));
        Assert.Equal(["https://a.test/secret", "https://A.test/x/../secret"], wanted.Patterns);
    }

    [Theory]
    [InlineData("http://127.0.0.1:3000/x", PermissionAction.Ask)]
    [InlineData("http://2130706433/", PermissionAction.Ask)]
    [InlineData("http://0x7f.1/", PermissionAction.Ask)]
    [InlineData("http://localhost/", PermissionAction.Ask)]
    [InlineData("http://a.LOCALHOST./", PermissionAction.Ask)]
    [InlineData("http://[::1]/", PermissionAction.Ask)]
    [InlineData("http://[::ffff:10.1.2.3]/", PermissionAction.Ask)]
    [InlineData("http://[64:ff9b::a00:1]/", PermissionAction.Ask)]
    [InlineData("http://[2002:7f00:1::]/", PermissionAction.Ask)]
    [InlineData("http://[::127.0.0.1]/", PermissionAction.Ask)]
    [InlineData("http://[::ffff:0:127.0.0.1]/", PermissionAction.Ask)]
    [InlineData("http://[64:ff9b:1::7f00:1]/", PermissionAction.Ask)]
    [InlineData("http://[2001:0:7f00:1::]/", PermissionAction.Ask)]
    [InlineData("http://[fe80::1]/", PermissionAction.Ask)]
    [InlineData("http://[fd00::1]/", PermissionAction.Ask)]
    [InlineData("http://169.254.169.254/latest/meta-data", PermissionAction.Ask)]
    [InlineData("http://192.168.1.1/", PermissionAction.Ask)]
    [InlineData("http://172.31.0.1/", PermissionAction.Ask)]
    [InlineData("http://172.32.0.1/", PermissionAction.Allow)]
    [InlineData("https://a.test/", PermissionAction.Allow)]
    [InlineData("http://[2606:4700::1]/", PermissionAction.Allow)]
    public void Pages_in_private_networks_are_asked_about(string url, PermissionAction action)
    {
        var wanted = Assert.Single(new WebFetchTool(_pages, _time).NeedsOf(Call($$"""{"url":"{{url}}"}"""), new ToolLocation("/proj", "/proj", new DiskPaths())));
        var agents = new BuiltInAgents("/data/tool-output");

        Assert.All([agents.With([]).Find("build")!, agents.With([]).Find("explore")!], agent => Assert.Equal(action, wanted.Evaluate(agent.Permission)));
        Assert.Equal(PermissionAction.Allow, wanted.Evaluate(agents.With([new PermissionRule("webfetch", "*", PermissionAction.Allow)]).Find("build")!.Permission));
        Assert.Equal(PermissionAction.Allow, wanted.Evaluate(agents.With([]).Find("build")!.Permission, [.. wanted.Always.Select(static pattern => new PermissionRule("webfetch", pattern, PermissionAction.Allow))]));
    }

    private async Task<string> FetchAsync(string input) =>
        (await new WebFetchTool(_pages, _time).RunAsync(Call(input), new ToolContext(new SessionId("ses_x"), "/proj", "call_1"), CancellationToken.None)).Output;

    private static ToolCall Call(string input) => new("call_1", WebFetchTool.Name, JsonElement.Parse(input));

    private sealed class Pages : IWebPages
    {
        public WebPage? Page { get; set; }

        public int Fetched { get; private set; }

        public async Task<WebPage> FetchAsync(Uri url, bool isPrivate, CancellationToken cancellationToken)
        {
            Fetched++;
            return Page ?? await new TaskCompletionSource<WebPage>().Task.WaitAsync(cancellationToken);
        }
    }
}
