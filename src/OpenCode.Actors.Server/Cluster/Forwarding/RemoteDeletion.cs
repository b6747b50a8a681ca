using System.Net;
using OpenCode.Actors.Clustering;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Sharding;

namespace OpenCode.Actors.Server.Cluster.Forwarding;

/// <summary>Deletes a child that lives on another node than its parent: sessions that were imported keep their ids, and with them their shards.</summary>
internal sealed class RemoteDeletion(ICluster cluster, INodeHttp http, TimeProvider time)
{
    // Longer than a takeover takes; a frozen node gives no answer until it is declared dead.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan _answer = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _lookAgain = TimeSpan.FromMilliseconds(100);

    /// <summary>Has the owner delete it, with all of its own children.</summary>
    /// <param name="id">The child.</param>
    /// <param name="cancellationToken">Gives up; it may still be done.</param>
    /// <returns>Whether nothing of it is left on other nodes.</returns>
    public async Task<bool> DeleteAsync(SessionId id, CancellationToken cancellationToken)
    {
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < _patience;)
        {
            switch (cluster.RouteTo(Shard.Of(id)))
            {
                case ShardRoute.Here:
                    return true; // it has come to this node, which can do it now
                case ShardRoute.There there when await TryAsync(there.Member, id, cancellationToken):
                    return true;
                default:
                    cluster.LookAgain();
                    await Task.Delay(_lookAgain, time, cancellationToken);
                    break;
            }
        }

        return false;
    }

    private async Task<bool> TryAsync(Member owner, SessionId id, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var timer = time.CreateTimer(static e => ((CancellationTokenSource)e!).Cancel(), enough, _answer, Timeout.InfiniteTimeSpan);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Delete, new Uri(owner.Url, $"/session/{id.Value}"));
            using var answer = await http.SendAsync(request, enough.Token);
            return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }
}
