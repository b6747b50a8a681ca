using Npgsql;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Storage.Postgres.Batches;
using OpenCode.Actors.Storage.Postgres.Connections;

namespace OpenCode.Actors.Storage.Postgres.Nodes;

/// <summary>Single statements on connections of the pool, which may have broken there.</summary>
internal static class PooledCalls
{
    /// <summary>Does something on a connection; on another one if the first turns out to be broken, so it has to do no harm twice.</summary>
    /// <exception cref="ArbiterAwayException">There was no answer; it may have been done.</exception>
    public static async ValueTask<T> RunAsync<T>(this PostgresDatabase database, string what, Func<Statements, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                var number = tries;
                return await StatementLimit.RunAsync(given => RunOnceAsync(database, number, work, given), time: null, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (StoreFaults.IsKnown(e))
            {
                if (tries > 1 || e is not NpgsqlException { InnerException: not TimeoutException })
                    throw new ArbiterAwayException($"{database.Place} did not answer ({what}): {e.Message}", e);
            }
        }
    }

    private static async Task<T> RunOnceAsync<T>(PostgresDatabase database, int number, Func<Statements, Task<T>> work, CancellationToken cancellationToken)
    {
        var connection = await database.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
            return await work(new(connection, number, cancellationToken)).ConfigureAwait(false);
    }
}
