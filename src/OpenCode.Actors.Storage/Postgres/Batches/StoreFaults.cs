using Npgsql;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Storage.Postgres.Connections;

namespace OpenCode.Actors.Storage.Postgres.Batches;

/// <summary>Says of a fault of the driver what is known of the statement.</summary>
internal static class StoreFaults
{
    private const string ReadOnlyTransaction = "25006";
    private const string NoResources = "53";

    /// <summary>True if a fault is one that the journal lives with; any other is a fault of this program, and ends it.</summary>
    public static bool IsKnown(Exception fault) => fault is DatabaseException or TimeoutException or System.IO.IOException or System.Net.Sockets.SocketException or ObjectDisposedException
        || (fault is NpgsqlException && (fault is not PostgresException server || DatabaseFaults.IsOfConnection(fault) || IsBusy(server) || IsReadOnly(server)));

    /// <summary>Makes of a known fault what the journal understands.</summary>
    public static StoreException Translate(Exception fault) => fault switch
    {
        DatabaseLifeException => new StoreLifeException(fault.Message, fault) { IsNoted = true }, // by the connection that found it
        PostgresException { SqlState: PostgresErrorCodes.DiskFull } full => new StoreFullException(full.MessageText, innerException: full),
        PostgresException server when IsBusy(server) => new StoreBusyException($"{server.MessageText} ({server.SqlState})", server),
        _ => new StoreAwayException(fault.Message, fault),
    };

    // The statement was rolled back, and may be sent again: something else was in the way.
    private static bool IsBusy(PostgresException fault) => fault.SqlState is
        PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.QueryCanceled
        || fault.SqlState.StartsWith(NoResources, StringComparison.Ordinal);

    // The connection leads to a server that is a standby by now: another one is needed.
    private static bool IsReadOnly(PostgresException fault) => fault.SqlState == ReadOnlyTransaction;
}
