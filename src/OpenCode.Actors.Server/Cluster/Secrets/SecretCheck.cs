using System.Net;
using OpenCode.Actors.Clustering;
using OpenCode.Actors.Server.Cluster.Forwarding;

namespace OpenCode.Actors.Server.Cluster.Secrets;

/// <summary>Asks the members, before this node becomes one, whether they take its secret: with another one it would get sessions that nobody else can reach.</summary>
internal sealed class SecretCheck(IMembership membership, INodeHttp http, ClusterSettings settings, TimeProvider time)
{
    private const string AnyPath = "/global/health";

    // Who does not answer has no opinion. The start waits for nobody longer.
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(1);

    /// <summary>Asks all that are up.</summary>
    /// <exception cref="OtherSecretException">One of them does not take it.</exception>
    public async Task AskAsync(CancellationToken cancellationToken)
    {
        try
        {
            var look = await membership.LookAsync(cancellationToken);
            await Task.WhenAll(look.Members.Select(seen => seen.Member).Where(member => member.Status == MemberStatus.Up && member.Url != settings.Url).Select(member => AskAsync(member, cancellationToken)));
        }
        catch (MembershipUnavailableException)
        {
            // The join will say so, and try again.
        }
    }

    private async Task AskAsync(Member member, CancellationToken cancellationToken)
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var timer = time.CreateTimer(static e => ((CancellationTokenSource)e!).Cancel(), enough, _patience, Timeout.InfiniteTimeSpan);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(member.Url, AnyPath));
            using var answer = await http.SendAsync(request, enough.Token);
            if (answer.StatusCode == HttpStatusCode.Forbidden)
                throw new OtherSecretException(member.Name, member.Url);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // Gone, or frozen.
        }
    }
}
