using System.Diagnostics.Metrics;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Server.Cluster.Forwarding;
using OpenCode.Actors.Server.Cluster.Secrets;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Sharding;
using OpenCode.Actors.TestKit;
using OpenCode.Actors.Tests.Server.Locations;

namespace OpenCode.Actors.Tests.Server.Cluster;

public sealed class ForwardingMiddlewareTests
{
    private const string Key = "Idempotency-Key";

    private static readonly SessionId _session = new("ses_one");
    private static readonly int _shard = Shard.Of(_session);

    private readonly VirtualTime _time = new();
    private readonly FakeCluster _cluster;
    private readonly FakeNodes _nodes = new();
    private readonly NodeGate _gate = new(new CommandGate());
    private readonly FakeSessions _sessions = new();
    private readonly List<string> _here = [];
    private readonly CutOffNodes _cutOff;
    private Func<HttpContext, Task> _endpoint = context => context.Response.WriteAsync("here");

    public ForwardingMiddlewareTests()
    {
        _cluster = new FakeCluster("a", "b") { Time = _time };
        _cutOff = new CutOffNodes(_cluster, _time);
    }

    [Fact]
    public async Task A_request_about_a_session_of_this_node_stays_here()
    {
        _cluster.Give(_shard, "me");

        var context = await SendAsync("POST", "session.prompt", "{\"parts\":[]}");

        Assert.Equal("here", Text(context));
        Assert.Equal(["{\"parts\":[]}"], _here);
        Assert.Empty(_nodes.Requests);
        Assert.NotEmpty(context.Request.Headers[Key].ToString()); // It may have to move yet.
    }

    [Fact]
    public async Task A_request_about_a_session_of_another_node_goes_there_whole_and_its_answer_comes_back_whole()
    {
        _cluster.Give(_shard, "a");
        _nodes.Answer(HttpStatusCode.Created, "{\"id\":1}", ("X-Next-Cursor", "abc"), ("x-request-id", "theirs"));

        var context = await SendAsync("POST", "session.prompt", "{\"parts\":[1]}", configure: request =>
        {
            request.QueryString = new QueryString("?directory=%2Fproj");
            request.Headers["traceparent"] = "00-1-2-01";
            request.Headers.Authorization = "Basic secret";
            request.HttpContext.TraceIdentifier = "request-7";
        });

        var sent = Assert.Single(_nodes.Requests);
        Assert.Equal("http://a:4096/session/ses_one/x?directory=%2Fproj", sent.Address.AbsoluteUri);
        Assert.Equal(("POST", "{\"parts\":[1]}"), (sent.Method, sent.Body));
        Assert.Equal("1", sent.Headers[NodeRequest.ShardToken]);
        Assert.Equal(("00-1-2-01", "request-7", "localhost"), (sent.Headers["traceparent"], sent.Headers["x-request-id"], sent.Headers["Host"]));
        Assert.DoesNotContain("Authorization", sent.Headers.Keys);
        Assert.StartsWith("node-", sent.Headers[Key], StringComparison.Ordinal);
        Assert.Equal((201, "{\"id\":1}", "abc", ""), (context.Response.StatusCode, Text(context), context.Response.Headers["X-Next-Cursor"].ToString(), context.Response.Headers["x-request-id"].ToString()));
        Assert.Empty(_here);
    }

    [Fact]
    public async Task G1_a_forwarded_request_is_never_forwarded_again()
    {
        _cluster.Give(_shard, "a");

        var context = await SendAsync("POST", "session.prompt", "{}", configure: request =>
        {
            NodeRequest.Admit(request.HttpContext);
            request.Headers[NodeRequest.ForwardedBy] = "b";
        });

        Assert.Equal(421, context.Response.StatusCode);
        Assert.Equal("1", context.Response.Headers[NodeRequest.ShardToken]);
        Assert.Empty(_nodes.Requests);
        Assert.Equal(1, _cluster.Looks);
    }

    [Fact]
    public async Task A_forwarded_request_waits_for_a_shard_that_is_on_its_way_here()
    {
        _cluster.Give(_shard, "a"); // Token 1: the sender has heard of token 2 already.

        var run = Begin("POST", "session.prompt", "{}", out var context, FromNode("2"));
        Assert.False(run.IsCompleted);
        _cluster.Give(_shard, "me");
        await run;

        Assert.Equal("here", Text(context));
    }

    [Fact]
    public async Task A_forwarded_request_waits_while_its_shard_leaves_and_is_told_of_its_new_owner()
    {
        _cluster.Give(_shard, null);

        var run = Begin("POST", "session.prompt", "{}", out var context, FromNode("1"));
        Assert.False(run.IsCompleted);
        _cluster.Give(_shard, "b");
        await run;

        Assert.Equal((421, "2"), (context.Response.StatusCode, context.Response.Headers[NodeRequest.ShardToken].ToString()));
        Assert.Empty(_nodes.Requests);
    }

    [Fact]
    public async Task A_forwarded_request_whose_shard_does_not_come_goes_back_after_a_second()
    {
        var run = Begin("POST", "session.prompt", "{}", out var context, FromNode("1"));
        for (var waited = 0; waited < 10; waited++)
        {
            Assert.False(run.IsCompleted);
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        await run;
        Assert.Equal(421, context.Response.StatusCode);
    }

    [Fact]
    public async Task A_request_that_only_says_it_was_forwarded_is_a_clients()
    {
        _cluster.Give(_shard, "a");
        _nodes.Answer(HttpStatusCode.OK);

        await SendAsync("POST", "session.prompt", "{}", configure: request => request.Headers[NodeRequest.ForwardedBy] = "b");

        Assert.Single(_nodes.Requests);
    }

    [Fact]
    public async Task G1_a_node_that_does_not_own_the_shard_any_more_is_left_for_the_next_owner_under_the_same_name()
    {
        _cluster.Give(_shard, "a");
        _nodes.Answer(HttpStatusCode.MisdirectedRequest, "", (NodeRequest.ShardToken, "2")).Answer(HttpStatusCode.OK, "done");

        var run = Begin("POST", "session.prompt", "{\"a\":1}", out var context);
        Assert.False(run.IsCompleted);
        _cluster.Give(_shard, "b");
        await run;

        Assert.Equal("done", Text(context));
        Assert.Equal(["a", "b"], _nodes.Requests.Select(request => request.Address.Host));
        Assert.Equal(_nodes.Requests[0].Headers[Key], _nodes.Requests[1].Headers[Key]);
        Assert.Equal("{\"a\":1}", _nodes.Requests[1].Body);
        Assert.True(_cluster.Looks > 0);
    }

    [Fact]
    public async Task G1_a_node_whose_connection_is_lost_is_asked_for_the_owner_again()
    {
        _cluster.Give(_shard, "a");
        _nodes.Fail(new HttpRequestException("reset")).Answer(HttpStatusCode.OK, "done");

        var run = Begin("POST", "session.prompt", "{}", out var context);
        _cluster.Give(_shard, "b");
        await run;

        Assert.Equal("done", Text(context));
    }

    [Fact]
    public async Task A_node_that_lives_and_is_not_reached_from_here_is_not_waited_for_as_for_a_takeover()
    {
        _cluster.Give(_shard, "a");
        _cutOff.IsShownBy(_cluster["a"], TimeSpan.Zero);
        _time.Advance(TimeSpan.FromSeconds(2));
        _cluster.Beat("a");
        _nodes.Fail(new HttpRequestException(HttpRequestError.ConnectionError, "refused"));

        var context = await SendAsync("POST", "session.prompt", "{}");

        Assert.Equal((503, "1"), (context.Response.StatusCode, context.Response.Headers.RetryAfter.ToString()));
        Assert.Contains("cannot be reached", Text(context), StringComparison.Ordinal);

        Assert.Equal(503, (await SendAsync("POST", "session.prompt", "{}")).Response.StatusCode);
        Assert.Single(_nodes.Requests); // The next one does not find it out once more.
    }

    [Fact]
    public async Task A_node_that_falls_silent_under_a_request_is_not_tried_again_until_its_beat_tells_whether_it_is_cut_off()
    {
        _cluster.Give(_shard, "a");
        _nodes.FallSilent(_time, TimeSpan.FromSeconds(2));

        var run = Begin("POST", "session.prompt", "{}", out var context);
        _time.Advance(TimeSpan.FromSeconds(2));
        await _cluster.WaitedForAsync(2);
        _time.Advance(TimeSpan.FromMilliseconds(300));
        Assert.False(run.IsCompleted);
        _cluster.Beat("a");
        _time.Advance(TimeSpan.FromMilliseconds(100));
        await run;

        Assert.Equal(503, context.Response.StatusCode);
        Assert.Single(_nodes.Requests);
    }

    [Fact]
    public async Task G1_a_node_that_falls_silent_and_is_declared_dead_is_left_for_the_next_owner_under_the_same_name()
    {
        _cluster.Give(_shard, "a");
        _nodes.FallSilent(_time, TimeSpan.FromSeconds(2)).Answer(HttpStatusCode.OK, "done");

        var run = Begin("POST", "session.prompt", "{}", out var context);
        _time.Advance(TimeSpan.FromSeconds(2));
        await _cluster.WaitedForAsync(2);
        _time.Advance(TimeSpan.FromMilliseconds(500));
        Assert.False(run.IsCompleted);
        _cluster.Bury("a");
        _cluster.Give(_shard, "b");
        await run;

        Assert.Equal("done", Text(context));
        Assert.Equal(_nodes.Requests[0].Headers[Key], _nodes.Requests[1].Headers[Key]);
    }

    [Fact]
    public async Task G1_a_frozen_node_is_waited_for_until_it_is_declared_dead()
    {
        _cluster.Give(_shard, "a");
        _nodes.Freeze().Answer(HttpStatusCode.OK, "done");

        var run = Begin("POST", "session.prompt", "{}", out var context);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(run.IsCompleted);
        _cluster.Bury("a");
        _cluster.Give(_shard, "b");
        await run;

        Assert.Equal("done", Text(context));
    }

    [Fact]
    public async Task What_was_lost_on_its_way_and_is_done_when_it_is_sent_again_counts_as_done()
    {
        _cluster.Give(_shard, "a");
        _nodes.Fail(new HttpRequestException("reset")).Answer(HttpStatusCode.NotFound, "{}");

        var run = Begin("DELETE", "session.delete", "", out var context);
        _cluster.Give(_shard, "b");
        await run;

        Assert.Equal((200, "true"), (context.Response.StatusCode, Text(context)));
    }

    [Theory]
    [InlineData(404, "{}", 200, "true")]
    [InlineData(200, "true", 200, "true")]
    [InlineData(400, "{\"no\":1}", 400, "{\"no\":1}")]
    public async Task What_was_lost_on_its_way_and_is_done_when_its_session_has_come_here_counts_as_done(int status, string answer, int expected, string text)
    {
        _cluster.Give(_shard, "a");
        _nodes.Fail(new HttpRequestException("reset"));
        _endpoint = async here =>
        {
            here.Response.StatusCode = status;
            await here.Response.WriteAsync(answer);
        };

        var run = Begin("DELETE", "session.delete", "", out var context);
        _cluster.Give(_shard, "me");
        await run;

        Assert.Equal((expected, text), (context.Response.StatusCode, Text(context)));
    }

    [Fact]
    public async Task A_request_that_was_never_sent_away_is_not_found_where_there_is_no_session()
    {
        _cluster.Give(_shard, "me");
        _endpoint = here => { here.Response.StatusCode = 404; return Task.CompletedTask; };

        Assert.Equal(404, (await SendAsync("DELETE", "session.delete", "")).Response.StatusCode);
    }

    [Fact]
    public async Task A_shard_that_nobody_owns_for_longer_than_a_takeover_is_answered_503_with_Retry_After()
    {
        var run = Begin("POST", "session.prompt", "{}", out var context);
        var waited = TimeSpan.Zero;
        for (; !run.IsCompleted && waited < TimeSpan.FromMinutes(1); waited += TimeSpan.FromMilliseconds(100))
            _time.Advance(TimeSpan.FromMilliseconds(100));
        await run;

        Assert.Equal((503, "1"), (context.Response.StatusCode, context.Response.Headers.RetryAfter.ToString()));
        Assert.InRange(waited.TotalSeconds, 6, 10);
    }

    [Fact]
    public async Task F1_a_suspended_node_refuses_commands_at_once_and_serves_streams()
    {
        _cluster.Give(_shard, "me");
        _gate.Suspend();

        var command = await SendAsync("POST", "session.prompt", "{}");
        var stream = await SendAsync("GET", "session.event", "", configure: null, OpenCode.Actors.Server.Sse.StreamRoute.Mark);

        Assert.Equal((503, "1"), (command.Response.StatusCode, command.Response.Headers.RetryAfter.ToString()));
        Assert.Equal("here", Text(stream));
    }

    [Fact]
    public async Task A_request_that_meets_a_session_on_its_way_out_follows_it_with_its_body()
    {
        _cluster.Give(_shard, "me");
        _endpoint = _ => throw new MisroutedException(_shard);
        _nodes.Answer(HttpStatusCode.OK, "there");

        var run = Begin("POST", "session.prompt", "{\"a\":1}", out var context);
        _cluster.Give(_shard, "b");
        await run;

        Assert.Equal("there", Text(context));
        Assert.Equal("{\"a\":1}", _nodes.Requests[0].Body);
    }

    [Fact]
    public async Task A_request_whose_session_comes_here_while_another_node_is_asked_is_carried_out_here_with_its_body()
    {
        _cluster.Give(_shard, "a");
        _nodes.Answer(HttpStatusCode.MisdirectedRequest, "", (NodeRequest.ShardToken, "2"));

        var run = Begin("PATCH", "session.update", "{\"title\":\"t\"}", out var context);
        _cluster.Give(_shard, "me");
        await run;

        Assert.Equal("here", Text(context));
        Assert.Equal(["{\"title\":\"t\"}"], _here);
    }

    [Fact]
    public async Task A_child_is_made_by_the_owner_of_its_parent_and_others_by_whoever_has_a_shard()
    {
        _cluster.Give(_shard, "a");
        _cluster.Give((_shard + 1) % 64, "b");
        _cluster.Give((_shard + 2) % 64, "b");
        _nodes.Answer(HttpStatusCode.OK).Answer(HttpStatusCode.OK);

        await SendAsync("POST", RequestTarget.NewSession, "{\"parentID\":\"ses_one\"}");
        _endpoint = _ => throw new MisroutedException(null);
        var run = Begin("POST", RequestTarget.NewSession, "{}", out var _);
        for (var i = 0; i < 5 && !run.IsCompleted; i++)
            _time.Advance(TimeSpan.FromMilliseconds(100));
        await run;

        Assert.Equal(["a", "b"], _nodes.Requests.Select(request => request.Address.Host));
    }

    [Fact]
    public async Task The_answer_to_a_permission_goes_to_the_node_whose_session_asks()
    {
        _cluster.Give(_shard, "a");
        _sessions.Asker = _session;
        _nodes.Answer(HttpStatusCode.OK, "true");

        await SendAsync("POST", "permission.reply", "{}", configure: request =>
        {
            request.RouteValues.Remove("sessionID");
            request.RouteValues["requestID"] = "per_1";
        });

        Assert.Equal("a", Assert.Single(_nodes.Requests).Address.Host);
    }

    private static Action<HttpRequest> FromNode(string token) => request =>
    {
        NodeRequest.Admit(request.HttpContext);
        request.Headers[NodeRequest.ForwardedBy] = "b";
        request.Headers[NodeRequest.ShardToken] = token;
    };

    private static string Text(HttpContext context) => Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());

    private async Task<HttpContext> SendAsync(string method, string endpoint, string body, Action<HttpRequest>? configure = null, params object[] metadata)
    {
        await Begin(method, endpoint, body, out var context, configure, metadata);
        return context;
    }

    private Task Begin(string method, string endpoint, string body, out HttpContext context, Action<HttpRequest>? configure = null, params object[] metadata)
    {
        var folders = new FakeFolderTree().Folder("/proj");
        context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddSingleton(new LocationResolver(folders, "/proj")).BuildServiceProvider() };
        context.Request.Method = method;
        context.Request.Path = "/session/ses_one/x";
        context.Request.Host = new HostString("localhost");
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        context.Request.ContentLength = body.Length;
        context.Request.RouteValues["sessionID"] = _session.Value;
        context.Response.Body = new MemoryStream();
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection([new EndpointNameMetadata(endpoint), .. metadata]), endpoint));
        configure?.Invoke(context.Request);

        var metrics = new ForwardingMetrics(new NoMeters(), _gate);
        var forwarder = new Forwarder(_cluster, _nodes, _cutOff, metrics, _time, NullLogger<Forwarder>.Instance);
        var middleware = new ForwardingMiddleware(HereAsync, _cluster, forwarder, _sessions, _gate, metrics, new SeededEntropy(7), _time);
        return middleware.InvokeAsync(context);
    }

    private async Task HereAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
        _here.Add(await reader.ReadToEndAsync());
        await _endpoint(context);
    }

    private sealed class FakeSessions : ISessions
    {
        public SessionId? Asker { get; set; }

        public Task<object> AskAsync(SessionId sessionId, object command, CancellationToken cancellationToken) => throw new NotSupportedException();

        public Task<object> AskAsync(object command, CancellationToken cancellationToken) => Task.FromResult<object>(new SessionsActor.AskerFound(Asker));

        public Task<object> AwaitTurnAsync(SessionId sessionId, TurnId turn, CancellationToken cancellationToken) => throw new NotSupportedException();
    }

    private sealed class NoMeters : IMeterFactory
    {
        public Meter Create(MeterOptions options) => new(options);

        public void Dispose()
        {
        }
    }
}
