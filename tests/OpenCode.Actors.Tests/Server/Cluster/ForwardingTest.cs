using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Clustering;
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

/// <summary>The middleware of node "a" before a request about one session, and all that it asks.</summary>
public abstract class ForwardingTest
{
    private protected const string Key = "Idempotency-Key";

    private protected ForwardingTest()
    {
        Cluster = new FakeCluster("a", "b") { Time = Time };
        CutOff = new CutOffNodes(Cluster, Time);
        Gate = new NodeGate(new CommandGate(Time));
        Gate.Stand(Standing.Serving);
    }

    private protected static SessionId Session { get; } = new("ses_one");

    private protected static int SessionsShard { get; } = Shard.Of(Session);

    private protected VirtualTime Time { get; } = new();

    private protected FakeCluster Cluster { get; }

    private protected FakeNodes Nodes { get; } = new();

    private protected NodeGate Gate { get; }

    private protected FakeSessions Sessions { get; } = new();

    /// <summary>Gets the bodies of the requests that came through.</summary>
    private protected List<string> Here { get; } = [];

    private protected CutOffNodes CutOff { get; }

    /// <summary>Gets or sets what this node answers to those.</summary>
    private protected Func<HttpContext, Task> AnswerAsync { get; set; } = context => context.Response.WriteAsync("here");

    private protected static Action<HttpRequest> FromNode(string token) => request =>
    {
        NodeRequest.Admit(request.HttpContext);
        request.Headers[NodeRequest.ForwardedBy] = "b";
        request.Headers[NodeRequest.ShardToken] = token;
    };

    private protected static string Text(HttpContext context) => Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());

    private protected async Task<HttpContext> SendAsync(string method, string endpoint, string body, Action<HttpRequest>? configure = null, params object[] metadata)
    {
        await Begin(method, endpoint, body, out var context, configure, metadata);
        return context;
    }

    private protected Task Begin(string method, string endpoint, string body, out HttpContext context, Action<HttpRequest>? configure = null, params object[] metadata)
    {
        var folders = new FakeFolderTree().Folder("/proj");
        context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddSingleton(new LocationResolver(folders, "/proj")).BuildServiceProvider() };
        context.Request.Method = method;
        context.Request.Path = "/session/ses_one/x";
        context.Request.Host = new HostString("localhost");
        context.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        context.Request.ContentLength = body.Length;
        context.Request.RouteValues["sessionID"] = Session.Value;
        context.Response.Body = new MemoryStream();
        context.SetEndpoint(new Endpoint(null, new EndpointMetadataCollection([new EndpointNameMetadata(endpoint), .. metadata]), endpoint));
        configure?.Invoke(context.Request);

        var metrics = new ForwardingMetrics(new NoMeters(), Gate);
        var forwarder = new Forwarder(Cluster, Nodes, CutOff, metrics, Time, NullLogger<Forwarder>.Instance);
        var middleware = new ForwardingMiddleware(HereAsync, Cluster, forwarder, Sessions, Gate, metrics, new SeededEntropy(7), Time);
        return middleware.InvokeAsync(context);
    }

    private async Task HereAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, leaveOpen: true);
        Here.Add(await reader.ReadToEndAsync());
        await AnswerAsync(context);
    }

    internal sealed class FakeSessions : ISessions
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
