using Microsoft.Extensions.Logging;
using Npgsql;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Storage.Postgres.Batches;
using OpenCode.Actors.Storage.Postgres.Connections;

namespace OpenCode.Actors.Storage.Postgres.Nodes;

/// <summary>Runs statements whose rows another node may hold, and ends a connection that blocks them while idle in a statement (rule "One lock order").</summary>
/// <param name="place">Where the database is, for messages.</param>
/// <param name="metrics">Counts those that were ended.</param>
/// <param name="logger">Names them.</param>
internal sealed partial class RowLocks(string place, PostgresMetrics? metrics, ILogger logger)
{
    // Each after 300 ms of waiting for a row.
    private const int MaxTries = 8;

    /// <summary>Runs statements; where a row was not had in time nothing was done, and they are run again.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="connection">One that waits for locks for 300 ms.</param>
    /// <param name="what">What is being done, for messages.</param>
    /// <param name="work">Does it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ArbiterAwayException">There was no answer, or the rows were not to be had for 2.4 s.</exception>
    public async ValueTask<T> RunAsync<T>(ArbiterConnection connection, string what, Func<Statements, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await connection.RunAsync(what, work, cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException e) when (ArbiterConnection.IsLocked(e))
            {
                if (tries == MaxTries)
                {
                    throw new ArbiterAwayException(
                        $"{place} did not answer ({what}): rows of nodes or shards are held by a connection that is not a node's, or that is at work. Find it in pg_stat_activity and end it.", e);
                }
            }

            var ended = await connection.RunAsync("ending connections that stand still", static sql => sql.RowsAsync(static row => row.GetString(0), NodeSql.EndBlockers), cancellationToken)
                .ConfigureAwait(false);
            foreach (var tag in ended)
            {
                metrics?.BlockerEnded();
                LogEnded(logger, tag, what);
            }
        }
    }

    [LoggerMessage(EventId = 3044, Level = LogLevel.Warning, Message = "Ended a connection of {Tag}: it stood still in the middle of a statement and held rows that were needed ({What}).")]
    private static partial void LogEnded(ILogger logger, string tag, string what);
}
