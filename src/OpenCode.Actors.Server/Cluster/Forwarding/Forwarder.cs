using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OpenCode.Actors.Clustering;
using OpenCode.Actors.Server.Cluster.Forwarding.Doors;
using OpenCode.Actors.Server.Cluster.Secrets;
using OpenCode.Actors.Server.Endpoints;

namespace OpenCode.Actors.Server.Cluster.Forwarding;

/// <summary>What became of a request that was sent on.</summary>
internal enum ForwardingEnd
{
    /// <summary>The client has its answer, or has left.</summary>
    Answered,

    /// <summary>The node had nothing to do with it: it never got it, or does not own the shard.</summary>
    Refused,

    /// <summary>The node was lost before it had answered: whether it has carried it out is unknown.</summary>
    Lost,

    /// <summary>As <see cref="Lost"/>, and it will not end soon: the node lives, but the way to it from here is cut.</summary>
    CutOff,
}

/// <summary>Sends a request to the node that owns its shard, and its answer to the client (RULES G1).</summary>
internal sealed partial class Forwarder(
    ICluster cluster, INodeHttp http, CutOffNodes cutOff, ForwardingMetrics metrics, TimeProvider time, ILogger<Forwarder> logger)
{
    // What is not a wait for a turn's end is answered within the session's own patience (30 s) and the barrier's.
    private static readonly TimeSpan _answer = TimeSpan.FromSeconds(40);

    /// <summary>Sends it.</summary>
    /// <param name="context">The client's request.</param>
    /// <param name="owner">To whom, and the token it owns the shard under.</param>
    /// <param name="isRepeated">It was lost on its way once: what it asks for may have been done.</param>
    public async Task<ForwardingEnd> SendAsync(HttpContext context, ShardRoute.There owner, bool isRepeated)
    {
        var node = owner.Member;
        if (cutOff.WayTo(node) is var way and not Way.Open)
            return way == Way.Cut ? ForwardingEnd.CutOff : ForwardingEnd.Refused;

        metrics.Forwarded(isRepeated);
        var began = time.GetTimestamp();
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        using var watched = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        await using var slow = time.CreateTimer(static g => ((CancellationTokenSource)g!).Cancel(), gone, WaitsForTurn(context) ? Timeout.InfiniteTimeSpan : _answer, Timeout.InfiniteTimeSpan);
        var watch = CancelWhenDeadAsync(node, gone, watched.Token);
        try
        {
            using var request = ForwardedRequest.To(context.Request, node.Url);
            request.Headers.Add(NodeRequest.ShardToken, owner.Token.ToString(CultureInfo.InvariantCulture));
            using var answer = await http.SendAsync(request, gone.Token);
            slow.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            cutOff.Reached(node);
            if (answer.StatusCode == HttpStatusCode.MisdirectedRequest && answer.Headers.Contains(NodeRequest.ShardToken))
                return ForwardingEnd.Refused;

            await AnswerAsync(context, answer, isRepeated, gone.Token);
            return ForwardingEnd.Answered;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            return End(context, node, time.GetElapsedTime(began), e);
        }
        finally
        {
            await watched.CancelAsync();
            await watch;
        }
    }

    private static bool WaitsForTurn(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName is MessageEndpoints.PromptName or MessageEndpoints.ShellName;

    private static Task AnswerAsync(HttpContext context, HttpResponseMessage answer, bool isRepeated, CancellationToken cancellationToken) =>
        isRepeated && answer.StatusCode == HttpStatusCode.NotFound && DoneOnce.IsShownBy404(context)
            ? DoneOnce.AnswerAsync(context, cancellationToken)
            : ForwardedRequest.AnswerAsync(context, answer, cancellationToken);

    private ForwardingEnd End(HttpContext context, Member owner, TimeSpan took, Exception cause)
    {
        if (context.RequestAborted.IsCancellationRequested)
            return ForwardingEnd.Answered;

        LogLost(logger, context.Request.Method, context.Request.Path, owner.Name, cause.Message);
        if (context.Response.HasStarted)
        {
            context.Abort(); // half an answer must not look like a whole one
            return ForwardingEnd.Answered;
        }

        if (cutOff.IsShownBy(owner, IsSilence(cause) ? Shorter(took, NodeConnection.LongestSilence) : TimeSpan.Zero))
            return ForwardingEnd.CutOff;
        return WasNeverSent(cause) ? ForwardingEnd.Refused : ForwardingEnd.Lost;
    }

    private static bool WasNeverSent(Exception cause) =>
        cause is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } or OperationCanceledException { InnerException: TimeoutException };

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    // No connection in the time for one, or none any more: what the kernel sent was not confirmed.
    private static bool IsSilence(Exception cause) =>
        cause.GetBaseException() is TimeoutException or SocketException { SocketErrorCode: SocketError.TimedOut or SocketError.HostUnreachable or SocketError.NetworkUnreachable };

    // A frozen node holds its connections open: its death is the database's to tell.
    private async Task CancelWhenDeadAsync(Member owner, CancellationTokenSource gone, CancellationToken cancellationToken)
    {
        try
        {
            var view = cluster.View;
            while (view.Members.Any(member => member.Is(owner)))
                view = await cluster.WaitForChangeAsync(view.Version, cancellationToken);
            await gone.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // It was answered first.
        }
    }

    [LoggerMessage(EventId = 5050, Level = LogLevel.Warning, Message = "{Method} {Path}: node {Node} did not answer ({Reason}); its owner is looked for again.")]
    private static partial void LogLost(ILogger logger, string method, PathString path, string node, string reason);
}
