using System.Net;
using Microsoft.AspNetCore.Http;
using OpenCode.Actors.Server.Cluster.Forwarding;
using OpenCode.Actors.Server.Cluster.Secrets;

namespace OpenCode.Actors.Tests.Server.Cluster;

/// <summary>What becomes of a request whose owner is not reached, is lost under it, or is none any more.</summary>
public sealed class LostOwnerTests : ForwardingTest
{
    [Fact]
    public async Task G1_a_node_that_does_not_own_the_shard_any_more_is_left_for_the_next_owner_under_the_same_name()
    {
        Cluster.Give(SessionsShard, "a");
        Nodes.Answer(HttpStatusCode.MisdirectedRequest, "", (NodeRequest.ShardToken, "2")).Answer(HttpStatusCode.OK, "done");

        var run = Begin("POST", "session.prompt", "{\"a\":1}", out var context);
        Assert.False(run.IsCompleted);
        Cluster.Give(SessionsShard, "b");
        await run;

        Assert.Equal("done", Text(context));
        Assert.Equal(["a", "b"], Nodes.Requests.Select(request => request.Address.Host));
        Assert.Equal(Nodes.Requests[0].Headers[Key], Nodes.Requests[1].Headers[Key]);
        Assert.Equal("{\"a\":1}", Nodes.Requests[1].Body);
        Assert.True(Cluster.Looks > 0);
    }

    [Fact]
    public async Task G1_a_node_whose_connection_is_lost_is_asked_for_the_owner_again()
    {
        Cluster.Give(SessionsShard, "a");
        Nodes.Fail(new HttpRequestException("reset")).Answer(HttpStatusCode.OK, "done");

        var run = Begin("POST", "session.prompt", "{}", out var context);
        Cluster.Give(SessionsShard, "b");
        await run;

        Assert.Equal("done", Text(context));
    }

    [Fact]
    public async Task A_node_that_lives_and_is_not_reached_from_here_is_not_waited_for_as_for_a_takeover()
    {
        Cluster.Give(SessionsShard, "a");
        CutOff.IsShownBy(Cluster["a"], TimeSpan.Zero);
        Time.Advance(TimeSpan.FromSeconds(2));
        Cluster.Beat("a");
        Nodes.Fail(new HttpRequestException(HttpRequestError.ConnectionError, "refused"));

        var context = await SendAsync("POST", "session.prompt", "{}");

        Assert.Equal((503, "1"), (context.Response.StatusCode, context.Response.Headers.RetryAfter.ToString()));
        Assert.Contains("cannot be reached", Text(context), StringComparison.Ordinal);

        Assert.Equal(503, (await SendAsync("POST", "session.prompt", "{}")).Response.StatusCode);
        Assert.Single(Nodes.Requests); // The next one does not find it out once more.
    }

    [Fact]
    public async Task A_node_that_falls_silent_under_a_request_is_not_tried_again_until_its_beat_tells_whether_it_is_cut_off()
    {
        Cluster.Give(SessionsShard, "a");
        Nodes.FallSilent(Time, TimeSpan.FromSeconds(2));

        var run = Begin("POST", "session.prompt", "{}", out var context);
        Time.Advance(TimeSpan.FromSeconds(2));
        await Cluster.WaitedForAsync(2);
        Time.Advance(TimeSpan.FromMilliseconds(300));
        Assert.False(run.IsCompleted);
        Cluster.Beat("a");
        Time.Advance(TimeSpan.FromMilliseconds(100));
        await run;

        Assert.Equal(503, context.Response.StatusCode);
        Assert.Single(Nodes.Requests);
    }

    [Fact]
    public async Task G1_a_node_that_falls_silent_and_is_declared_dead_is_left_for_the_next_owner_under_the_same_name()
    {
        Cluster.Give(SessionsShard, "a");
        Nodes.FallSilent(Time, TimeSpan.FromSeconds(2)).Answer(HttpStatusCode.OK, "done");

        var run = Begin("POST", "session.prompt", "{}", out var context);
        Time.Advance(TimeSpan.FromSeconds(2));
        await Cluster.WaitedForAsync(2);
        Time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.False(run.IsCompleted);
        Cluster.Bury("a");
        Cluster.Give(SessionsShard, "b");
        await run;

        Assert.Equal("done", Text(context));
        Assert.Equal(Nodes.Requests[0].Headers[Key], Nodes.Requests[1].Headers[Key]);
    }

    [Fact]
    public async Task G1_a_frozen_node_is_waited_for_until_it_is_declared_dead()
    {
        Cluster.Give(SessionsShard, "a");
        Nodes.Freeze().Answer(HttpStatusCode.OK, "done");

        var run = Begin("POST", "session.prompt", "{}", out var context);
        Time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(run.IsCompleted);
        Cluster.Bury("a");
        Cluster.Give(SessionsShard, "b");
        await run;

        Assert.Equal("done", Text(context));
    }

    [Fact]
    public async Task What_was_lost_on_its_way_and_is_done_when_it_is_sent_again_counts_as_done()
    {
        Cluster.Give(SessionsShard, "a");
        Nodes.Fail(new HttpRequestException("reset")).Answer(HttpStatusCode.NotFound, "{}");

        var run = Begin("DELETE", "session.delete", "", out var context);
        Cluster.Give(SessionsShard, "b");
        await run;

        Assert.Equal((200, "true"), (context.Response.StatusCode, Text(context)));
    }

    [Theory]
    [InlineData(404, "{}", 200, "true")]
    [InlineData(200, "true", 200, "true")]
    [InlineData(400, "{\"no\":1}", 400, "{\"no\":1}")]
    public async Task What_was_lost_on_its_way_and_is_done_when_its_session_has_come_here_counts_as_done(int status, string answer, int expected, string text)
    {
        Cluster.Give(SessionsShard, "a");
        Nodes.Fail(new HttpRequestException("reset"));
        AnswerAsync = async here =>
        {
            here.Response.StatusCode = status;
            await here.Response.WriteAsync(answer);
        };

        var run = Begin("DELETE", "session.delete", "", out var context);
        Cluster.Give(SessionsShard, "me");
        await run;

        Assert.Equal((expected, text), (context.Response.StatusCode, Text(context)));
    }

    [Fact]
    public async Task A_shard_that_nobody_owns_for_longer_than_a_takeover_is_answered_503_with_Retry_After()
    {
        var run = Begin("POST", "session.prompt", "{}", out var context);
        var waited = TimeSpan.Zero;
        for (; !run.IsCompleted && waited < TimeSpan.FromMinutes(1); waited += TimeSpan.FromMilliseconds(100))
            Time.Advance(TimeSpan.FromMilliseconds(100));
        await run;

        Assert.Equal((503, "1"), (context.Response.StatusCode, context.Response.Headers.RetryAfter.ToString()));
        Assert.InRange(waited.TotalSeconds, 6, 10);
    }
}
