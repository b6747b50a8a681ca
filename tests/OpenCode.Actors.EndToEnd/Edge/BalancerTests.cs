using System.Net;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Edge;

/// <summary>The shipped balancer, <c>cluster-config/nginx.conf</c>, before nodes that are stubs (rule "No 5xx on a stream", rule "No clean end over HTTP/1.0").</summary>
public sealed class BalancerTests(ITestOutputHelper output) : ServerTest(output)
{
    private const string Prompt = "/session/ses_0/message";

    [SkippableTheory]
    [InlineData("/event")]
    [InlineData("/global/event")]
    [InlineData("/session/ses_0/event")]
    public async Task Without_a_node_a_stream_is_a_closed_connection_and_no_status(string path)
    {
        var (nodes, balancer) = await StartAsync(2);
        foreach (var node in nodes)
            await node.DisposeAsync();

        await Assert.ThrowsAsync<EndOfStreamException>(() => RawHttp.SendAsync(balancer.Root, "GET", path));
    }

    [SkippableFact]
    public async Task Without_a_node_any_other_request_gets_503_JSON_and_Retry_After()
    {
        var (nodes, balancer) = await StartAsync(2);
        foreach (var node in nodes)
            await node.DisposeAsync();
        using var api = new Api(balancer.Root);

        foreach (var (method, path) in new[] { (HttpMethod.Get, "/session"), (HttpMethod.Post, "/session"), (HttpMethod.Post, Prompt) })
        {
            using var answer = await api.SendAsync(new HttpRequestMessage(method, path));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
            Assert.Contains("OverloadedError", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    [SkippableFact]
    public async Task A_prompt_is_named_and_goes_to_the_next_node_under_its_name_when_one_drains_or_is_gone()
    {
        var (nodes, balancer) = await StartAsync(3);
        using var api = new Api(balancer.Root);
        nodes[0].PostStatus = 503;
        await nodes[1].DisposeAsync();

        for (var i = 0; i < 6; i++)
            Assert.Equal(nodes[2].Root.Authority, (await api.PostAsync(Prompt)).Text("by"));

        Assert.Equal(6, nodes[2].Posts.Count);
        Assert.NotEmpty(nodes[0].Posts);
        Assert.All(nodes[0].Posts, refused => Assert.Contains(refused, nodes[2].Posts));
        Assert.All(nodes[2].Posts, taken => Assert.NotEmpty(taken.Name));
        Assert.Equal(6, nodes[2].Posts.Distinct().Count());
    }

    [SkippableFact]
    public async Task The_name_that_a_client_gives_stays()
    {
        var (nodes, balancer) = await StartAsync(1);
        using var api = new Api(balancer.Root);

        await api.CallAsync(HttpMethod.Post, Prompt, key: "mine");

        Assert.Equal([(Prompt, "mine")], nodes[0].Posts);
    }

    [SkippableFact]
    public async Task Prompts_that_all_nodes_refuse_take_no_node_from_reads_and_streams()
    {
        var (nodes, balancer) = await StartAsync(2);
        using var api = new Api(balancer.Root);
        foreach (var node in nodes)
            node.PostStatus = 503;

        for (var i = 0; i < 6; i++)
        {
            await api.PostAsync(Prompt, expected: HttpStatusCode.ServiceUnavailable);
            await api.GetAsync("/session");
        }
    }

    [SkippableFact]
    public async Task What_is_no_prompt_is_sent_once()
    {
        var (nodes, balancer) = await StartAsync(2);
        using var api = new Api(balancer.Root);
        foreach (var node in nodes)
            node.PostStatus = 503;

        await api.PostAsync("/session/ses_0/abort", expected: HttpStatusCode.ServiceUnavailable);

        Assert.Single(nodes.SelectMany(node => node.Posts));
    }

    private async Task<(List<StubNode> Nodes, NginxProcess Balancer)> StartAsync(int count)
    {
        Needs.Nginx();
        var nodes = new List<StubNode>();
        for (var i = 0; i < count; i++)
            nodes.Add(Own(await StubNode.StartAsync()));
        return (nodes, Own(await NginxProcess.BalanceAsync(nodes.Select(node => node.Root), Folder.Sub("nginx"))));
    }
}
