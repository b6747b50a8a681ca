using System.Net;
using System.Text.Json.Nodes;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Front;

/// <summary>What a front makes of answers of its holder that no holder gives while all is well.</summary>
public sealed class ForwardingTests(ITestOutputHelper output) : FrontTest(output)
{
    private const string Page = "http://localhost:3000";

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    public async Task A_request_without_a_body_is_sent_once_and_its_outcome_is_unknown_where_the_connection_ends(string method)
    {
        var (fake, front) = await StartOnFakeAsync(new FakeHolder());

        using var answer = await front.Api.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/session/ses_1"));

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("unknown", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Single(fake.Requests);
    }

    [Fact]
    public async Task What_a_successor_refuses_by_its_secret_was_not_carried_out()
    {
        var (_, front) = await StartOnFakeAsync(new FakeHolder("HTTP/1.1 403 Forbidden\r\nx-opencode-front: unknown\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));

        using var answer = await front.Api.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/session") { Content = new StringContent("{}") });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("Nothing was changed", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 403 Forbidden\r\nx-opencode-front: unknown\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")]
    public async Task A_page_of_another_origin_may_read_that_there_is_no_holder(string answer)
    {
        var (_, front) = await StartOnFakeAsync(new FakeHolder(answer));

        var stream = await RawHttp.SendAsync(front.Root, "GET", "/event", $"Origin: {Page}\r\n");
        var refused = await RawHttp.SendAsync(front.Root, "POST", "/session", $"Origin: {Page}\r\n");

        Assert.Equal((200, 503), (stream.Status, refused.Status));
        foreach (var head in new[] { stream.Head, refused.Head })
        {
            Assert.Contains($"Access-Control-Allow-Origin: {Page}", head, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("Vary: Origin", head, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("x-request-id: ", head, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("nosniff", head, StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public async Task The_target_may_have_the_absolute_form_and_what_is_no_target_is_the_clients_mistake()
    {
        var (fake, front) = await StartOnFakeAsync(new FakeHolder("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));

        var absolute = await RawHttp.SendAsync(front.Root, "GET", $"http://{front.Root.Authority}/session?x=1");
        var asterisk = await RawHttp.SendAsync(front.Root, "OPTIONS", "*");

        Assert.Equal((200, 400), (absolute.Status, asterisk.Status));
        Assert.StartsWith("GET /session?x=1 HTTP/1.1\r\n", Assert.Single(fake.Requests), StringComparison.Ordinal);
    }

    // A front of a holder that lives, so that it does not take the folder, but is said to listen somewhere else.
    private async Task<(FakeHolder Fake, ServerProcess Front)> StartOnFakeAsync(FakeHolder fake)
    {
        Own(fake);
        await StartAsync();
        var path = Path.Combine(Setup.DataFolder, "holder.json");
        var holder = JsonNode.Parse(await File.ReadAllTextAsync(path))!;
        holder["url"] = fake.Url;
        await File.WriteAllTextAsync(path, holder.ToJsonString());
        return (fake, await StartAsync(FrontSetup));
    }
}
