using System.Globalization;
using Microsoft.AspNetCore.WebUtilities;
using OpenCode.Actors.Clustering;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Server.Cluster.Secrets;
using OpenCode.Actors.Server.Endpoints;
using OpenCode.Actors.Server.Errors;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Sse;
using OpenCode.Actors.Sessions;

namespace OpenCode.Actors.Server.Cluster.Forwarding;

/// <summary>Brings each request to the node that owns its session: here, or whole to another one (RULES G1).</summary>
/// <remarks>
/// A lost node, a moved shard and one without an owner are waited for, and the request is made again under the same name; a takeover takes up to 6 s. What another node has
/// sent on is never sent on again: it is told that this is not the owner.
/// </remarks>
internal sealed class ForwardingMiddleware(
    RequestDelegate next, ICluster cluster, Forwarder forwarder, ISessions sessions, NodeGate gate, ForwardingMetrics metrics, IEntropy entropy, TimeProvider time)
{
    private const int MemoryBytes = 1 << 20;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan _lookAgain = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _onItsWay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _comeBack = TimeSpan.FromSeconds(1);

    // Longer than a try that meets nobody: the try got through, and what is lost now is another owner.
    private static readonly TimeSpan _gotThrough = TimeSpan.FromSeconds(3);

    public async Task InvokeAsync(HttpContext context)
    {
        if (!StreamRoute.Is(context))
            context.Request.EnableBuffering(MemoryBytes);
        if (await RequestTarget.FindAsync(context, sessions) is not { } target)
        {
            await next(context);
            return;
        }

        // A node that sends something on has its own patience, and hears of a better owner meanwhile.
        var isForwarded = NodeRequest.IsForwarded(context);
        if ((isForwarded ? gate.Refusal : await gate.AdmitAsync(context.RequestAborted)) is { } reason)
            await RefuseAsync(context, reason);
        else if (isForwarded)
            await RunForOtherAsync(context, target);
        else
            await RunAsync(context, target);
    }

    private async Task RunForOtherAsync(HttpContext context, RequestTarget target)
    {
        try
        {
            if (target.Shard is not { } shard || await IsHereAsync(context, shard))
            {
                await next(context);
                return;
            }
        }
        catch (MisroutedException) when (!context.Response.HasStarted)
        {
            // Told below, like what was known before.
        }

        cluster.LookAgain();
        context.Response.Headers[NodeRequest.ShardToken] = TokenOf(target.Shard).ToString(CultureInfo.InvariantCulture);
        await context.WriteErrorAsync(StatusCodes.Status421MisdirectedRequest, "NotOwner", "This node does not own the session's shard (any more). Ask the owner.");
    }

    /// <summary>Returns whether the shard is here, or comes here soon: where it is on its way, the request waits for it, on the node that it goes to and on the one that it leaves.</summary>
    private async Task<bool> IsHereAsync(HttpContext context, int shard)
    {
        var known = long.TryParse(context.Request.Headers[NodeRequest.ShardToken], CultureInfo.InvariantCulture, out var token) ? token : 0;
        var began = time.GetTimestamp();
        while (true)
        {
            var version = cluster.View.Version;
            switch (cluster.RouteTo(shard))
            {
                case ShardRoute.Here:
                    return true;
                case ShardRoute.There there when there.Token >= known:
                    return false;
            }

            if (time.GetElapsedTime(began) >= _onItsWay)
                return false;
            await WaitAsync(version, context.RequestAborted);
            cluster.LookAgain();
        }
    }

    private async Task RunAsync(HttpContext context, RequestTarget target)
    {
        await NameAsync(context);
        long? withoutOwner = null;
        var isRepeated = false;
        var isTriedHere = false;
        while (true)
        {
            var version = cluster.View.Version;
            var began = time.GetTimestamp();
            switch (Owner(target, isTriedHere))
            {
                case ShardRoute.Here when await TryHereAsync(context, isRepeated):
                    return;
                case ShardRoute.Here:
                    isTriedHere = true;
                    break;
                case ShardRoute.There there:
                    await context.Request.Body.DrainAsync(context.RequestAborted); // what is wrong with the body is the client's, and no fault of that node
                    var end = await forwarder.SendAsync(context, there, isRepeated);
                    if (end == ForwardingEnd.Answered)
                        return;
                    if (end == ForwardingEnd.CutOff)
                    {
                        // Waiting for a takeover would be in vain: the owner is alive. A client that comes back by another node may well reach it.
                        await RefuseAsync(context, "The node that owns this session lives, but cannot be reached from this one. Whether the command was carried out may be unknown; try again.");
                        return;
                    }

                    isRepeated |= end == ForwardingEnd.Lost;
                    isTriedHere = false;
                    break;
                default:
                    isTriedHere = false;
                    break;
            }

            if (time.GetElapsedTime(began) >= _gotThrough)
                withoutOwner = null;
            withoutOwner ??= time.GetTimestamp();
            if (gate.Refusal is { } reason)
            {
                await RefuseAsync(context, reason);
                return;
            }

            if (time.GetElapsedTime(withoutOwner.Value) >= _patience)
            {
                metrics.Unowned();
                await RefuseAsync(context, "Nobody owns the shard of this session at the moment. Nothing is lost; try again.");
                return;
            }

            cluster.LookAgain();
            await WaitAsync(version, context.RequestAborted);
        }
    }

    // RULES G1: what is sent twice must be known as one. The folder of the work is looked for here, where a client is told that it named a wrong one.
    private async ValueTask NameAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<IEndpointNameMetadata>()?.EndpointName is not { } name || !MessageEndpoints.TakesKey(name))
            return;

        (await Location.BindAsync(context)).Existing();
        if (string.IsNullOrEmpty(context.Request.Headers[MessageEndpoints.IdempotencyKey]))
            context.Request.Headers[MessageEndpoints.IdempotencyKey] = string.Create(CultureInfo.InvariantCulture, $"node-{entropy.NextUInt64():x16}{entropy.NextUInt64():x16}");
    }

    // A new session is made here, unless this node has no shard for it: then by whoever has most.
    private ShardRoute Owner(RequestTarget target, bool isTriedHere)
    {
        if (target.Shard is { } shard)
            return cluster.RouteTo(shard);
        if (!isTriedHere)
            return new ShardRoute.Here(new Journaling.Fence(0, 0));

        var view = cluster.View;
        var most = view.Members.Where(member => member.Status == MemberStatus.Up && !member.Is(view.Self)).MaxBy(member => view.Shards.Count(member.Owns));
        return most is not null && view.Shards.Any(most.Owns) ? new ShardRoute.There(most, 0) : ShardRoute.Nowhere.Instance;
    }

    private async Task<bool> TryHereAsync(HttpContext context, bool isRepeated)
    {
        context.Request.Body.Position = 0; // an earlier try, here or at another node, may have read it
        try
        {
            if (isRepeated && DoneOnce.IsShownBy404(context))
                await DoneOnce.RunAsync(context, next);
            else
                await next(context);
            return true;
        }
        catch (MisroutedException) when (!context.Response.HasStarted)
        {
            return false;
        }
    }

    private async Task WaitAsync(long version, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var timer = time.CreateTimer(static e => ((CancellationTokenSource)e!).Cancel(), enough, _lookAgain, Timeout.InfiniteTimeSpan);
        try
        {
            await cluster.WaitForChangeAsync(version, enough.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Nothing has changed, and still it may be worth a try.
        }
    }

    private long TokenOf(int? shard) => shard is { } known && known < cluster.View.Shards.Count ? cluster.View.Shards[known].Token : 0;

    private static Task RefuseAsync(HttpContext context, string reason) => context.WriteRetryLaterAsync(_comeBack, NamedError.Overloaded(reason));
}
