using OpenCode.Actors.Clustering.Status;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Storage.Postgres.Connections;
using OpenCode.Actors.Storage.Postgres.Nodes;

namespace OpenCode.Actors.Server.CommandLine;

/// <summary>Prints the status of a cluster from its database. Needs none of its nodes.</summary>
internal static class ClusterStatusCommand
{
    public static async Task<int> RunAsync(string connection)
    {
        try
        {
            await Console.Out.WriteAsync(ClusterReport.Of(await PostgresClusterView.ReadAsync(connection, CancellationToken.None)));
            return ExitCodes.Ok;
        }
        catch (DatabaseException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return e is DatabaseRefusedException ? ExitCodes.BadOption : ExitCodes.DataFolder;
        }
    }
}
