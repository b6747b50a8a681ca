using OpenCode.Actors.Clustering;
using OpenCode.Actors.Doors;
using OpenCode.Actors.Postgres;
using OpenCode.Actors.Postgres.Membership;
using OpenCode.Actors.Server.Cluster;

namespace OpenCode.Actors.Server.CommandLine;

/// <summary>Says how a cluster is, as its database knows it. Needs none of its nodes.</summary>
internal static class ClusterStatusCommand
{
    // A living node renews its lease each second.
    private static readonly TimeSpan _betweenLooks = TimeSpan.FromMilliseconds(1_500);

    public static async Task<int> RunAsync(string connection)
    {
        try
        {
            await using var database = await PostgresDatabase.OpenAsync(connection, $"status-{(uint)SystemEntropy.Instance.NextUInt64():x8}", updatesSchema: false);
            await using var membership = new PostgresMembership(database);
            var before = await membership.LookAsync(CancellationToken.None);
            await Task.Delay(_betweenLooks, TimeProvider.System);
            var after = await membership.LookAsync(CancellationToken.None);
            await Console.Out.WriteAsync(ClusterReport.Write(before, after, await membership.ReadLagsAsync(CancellationToken.None)));
            return ExitCodes.Ok;
        }
        catch (Exception e) when (e is DatabaseException or ClusterException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return e is DatabaseRefusedException ? ExitCodes.BadOption : ExitCodes.DataFolder;
        }
    }
}
