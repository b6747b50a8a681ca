using System.Net;
using Microsoft.AspNetCore.Http;
using OpenCode.Actors.Clustering;
using OpenCode.Actors.Server.Cluster.Forwarding;
using OpenCode.Actors.Server.Cluster.Secrets;
using OpenCode.Actors.Sessions.Sharding;

namespace OpenCode.Actors.Tests.Server.Cluster;

public sealed class ForwardingMiddlewareTests : ForwardingTest
{
    [Fact]
    public async Task A_request_about_a_session_of_this_node_stays_here()
    {
        Cluster.Give(SessionsShard, "me");

        var context = await SendAsync("POST", "session.prompt", "{\"parts\":[]}");

        Assert.Equal("here", Text(context));
        Assert.Equal(["{\"parts\":[]}"], Here);
        Assert.Empty(Nodes.Requests);
        Assert.NotEmpty(context.Request.Headers[Key].ToString()); // It may have to move yet.
    }

    [Fact]
    public async Task A_request_about_a_session_of_another_node_goes_there_whole_and_its_answer_comes_back_whole()
    {
        Cluster.Give(SessionsShard, "a");
        Nodes.Answer(HttpStatusCode.Created, "{\"id\":1}", ("X-Next-Cursor", "abc"), ("x-request-id", "theirs"));

        var context = await SendAsync("POST", "session.prompt", "{\"parts\":[1]}", configure: request =>
        {
            request.QueryString = new QueryString("?directory=%2Fproj");
            request.Headers["traceparent"] = "00-1-2-01";
            request.Headers.Authorization = "Basic secret";
            request.HttpContext.TraceIdentifier = "request-7";
        });

        var sent = Assert.Single(Nodes.Requests);
        Assert.Equal("http://a:4096/session/ses_one/x?directory=%2Fproj", sent.Address.AbsoluteUri);
        Assert.Equal(("POST", "{\"parts\":[1]}"), (sent.Method, sent.Body));
        Assert.Equal("1", sent.Headers[NodeRequest.ShardToken]);
        Assert.Equal(("00-1-2-01", "request-7", "localhost"), (sent.Headers["traceparent"], sent.Headers["x-request-id"], sent.Headers["Host"]));
        Assert.DoesNotContain("Authorization", sent.Headers.Keys);
        Assert.StartsWith("node-", sent.Headers[Key], StringComparison.Ordinal);
        Assert.Equal((201, "{\"id\":1}", "abc", ""), (context.Response.StatusCode, Text(context), context.Response.Headers["X-Next-Cursor"].ToString(), context.Response.Headers["x-request-id"].ToString()));
        Assert.Empty(Here);
    }

    [Fact]
    public async Task G1_a_forwarded_request_is_never_forwarded_again()
    {
        Cluster.Give(SessionsShard, "a");

        var context = await SendAsync("POST", "session.prompt", "{}", configure: request =>
        {
            NodeRequest.Admit(request.HttpContext);
            request.Headers[NodeRequest.ForwardedBy] = "b";
        });

        Assert.Equal(421, context.Response.StatusCode);
        Assert.Equal("1", context.Response.Headers[NodeRequest.ShardToken]);
        Assert.Empty(Nodes.Requests);
        Assert.Equal(1, Cluster.Looks);
    }

    [Fact]
    public async Task A_forwarded_request_waits_for_a_shard_that_is_on_its_way_here()
    {
        Cluster.Give(SessionsShard, "a"); // Token 1: the sender has heard of token 2 already.

        var run = Begin("POST", "session.prompt", "{}", out var context, FromNode("2"));
        Assert.False(run.IsCompleted);
        Cluster.Give(SessionsShard, "me");
        await run;

        Assert.Equal("here", Text(context));
    }

    [Fact]
    public async Task A_forwarded_request_waits_while_its_shard_leaves_and_is_told_of_its_new_owner()
    {
        Cluster.Give(SessionsShard, null);

        var run = Begin("POST", "session.prompt", "{}", out var context, FromNode("1"));
        Assert.False(run.IsCompleted);
        Cluster.Give(SessionsShard, "b");
        await run;

        Assert.Equal((421, "2"), (context.Response.StatusCode, context.Response.Headers[NodeRequest.ShardToken].ToString()));
        Assert.Empty(Nodes.Requests);
    }

    [Fact]
    public async Task A_forwarded_request_whose_shard_does_not_come_goes_back_after_a_second()
    {
        var run = Begin("POST", "session.prompt", "{}", out var context, FromNode("1"));
        for (var waited = 0; waited < 10; waited++)
        {
            Assert.False(run.IsCompleted);
            Time.Advance(TimeSpan.FromMilliseconds(100));
        }

        await run;
        Assert.Equal(421, context.Response.StatusCode);
    }

    [Fact]
    public async Task A_request_that_only_says_it_was_forwarded_is_a_clients()
    {
        Cluster.Give(SessionsShard, "a");
        Nodes.Answer(HttpStatusCode.OK);

        await SendAsync("POST", "session.prompt", "{}", configure: request => request.Headers[NodeRequest.ForwardedBy] = "b");

        Assert.Single(Nodes.Requests);
    }

    [Fact]
    public async Task A_request_that_was_never_sent_away_is_not_found_where_there_is_no_session()
    {
        Cluster.Give(SessionsShard, "me");
        AnswerAsync = here => { here.Response.StatusCode = 404; return Task.CompletedTask; };

        Assert.Equal(404, (await SendAsync("DELETE", "session.delete", "")).Response.StatusCode);
    }

    [Fact]
    public async Task A_node_that_joins_lets_its_commands_wait_and_serves_streams()
    {
        Cluster.Give(SessionsShard, "me");
        Gate.Stand(Standing.Joining);

        var command = Begin("POST", "session.prompt", "{}", out var context);
        var stream = await SendAsync("GET", "session.event", "", configure: null, OpenCode.Actors.Server.Sse.StreamRoute.Mark);
        Assert.Equal("here", Text(stream));
        Assert.False(command.IsCompleted);

        Gate.Stand(Standing.Serving);
        await command;
        Assert.Equal("here", Text(context));
    }

    [Fact]
    public async Task A_node_that_joins_tells_another_at_once_what_it_knows_of_a_shard()
    {
        Cluster.Give(SessionsShard, "b");
        Gate.Stand(Standing.Joining);

        Assert.Equal(421, (await SendAsync("POST", "session.prompt", "{}", FromNode("1"))).Response.StatusCode);
    }

    [Fact]
    public async Task F1_a_suspended_node_refuses_commands_at_once_and_serves_streams()
    {
        Cluster.Give(SessionsShard, "me");
        Gate.Suspend();

        var command = await SendAsync("POST", "session.prompt", "{}");
        var stream = await SendAsync("GET", "session.event", "", configure: null, OpenCode.Actors.Server.Sse.StreamRoute.Mark);

        Assert.Equal((503, "1"), (command.Response.StatusCode, command.Response.Headers.RetryAfter.ToString()));
        Assert.Equal("here", Text(stream));
    }

    [Fact]
    public async Task A_request_that_meets_a_session_on_its_way_out_follows_it_with_its_body()
    {
        Cluster.Give(SessionsShard, "me");
        AnswerAsync = _ => throw new MisroutedException(SessionsShard);
        Nodes.Answer(HttpStatusCode.OK, "there");

        var run = Begin("POST", "session.prompt", "{\"a\":1}", out var context);
        Cluster.Give(SessionsShard, "b");
        await run;

        Assert.Equal("there", Text(context));
        Assert.Equal("{\"a\":1}", Nodes.Requests[0].Body);
    }

    [Fact]
    public async Task A_request_whose_session_comes_here_while_another_node_is_asked_is_carried_out_here_with_its_body()
    {
        Cluster.Give(SessionsShard, "a");
        Nodes.Answer(HttpStatusCode.MisdirectedRequest, "", (NodeRequest.ShardToken, "2"));

        var run = Begin("PATCH", "session.update", "{\"title\":\"t\"}", out var context);
        Cluster.Give(SessionsShard, "me");
        await run;

        Assert.Equal("here", Text(context));
        Assert.Equal(["{\"title\":\"t\"}"], Here);
    }

    [Fact]
    public async Task A_child_is_made_by_the_owner_of_its_parent_and_others_by_whoever_has_a_shard()
    {
        Cluster.Give(SessionsShard, "a");
        Cluster.Give((SessionsShard + 1) % 64, "b");
        Cluster.Give((SessionsShard + 2) % 64, "b");
        Nodes.Answer(HttpStatusCode.OK).Answer(HttpStatusCode.OK);

        await SendAsync("POST", RequestTarget.NewSession, "{\"parentID\":\"ses_one\"}");
        AnswerAsync = _ => throw new MisroutedException(null);
        var run = Begin("POST", RequestTarget.NewSession, "{}", out var _);
        for (var i = 0; i < 5 && !run.IsCompleted; i++)
            Time.Advance(TimeSpan.FromMilliseconds(100));
        await run;

        Assert.Equal(["a", "b"], Nodes.Requests.Select(request => request.Address.Host));
    }

    [Fact]
    public async Task The_answer_to_a_permission_goes_to_the_node_whose_session_asks()
    {
        Cluster.Give(SessionsShard, "a");
        Sessions.Asker = Session;
        Nodes.Answer(HttpStatusCode.OK, "true");

        await SendAsync("POST", "permission.reply", "{}", configure: request =>
        {
            request.RouteValues.Remove("sessionID");
            request.RouteValues["requestID"] = "per_1";
        });

        Assert.Equal("a", Assert.Single(Nodes.Requests).Address.Host);
    }
}
