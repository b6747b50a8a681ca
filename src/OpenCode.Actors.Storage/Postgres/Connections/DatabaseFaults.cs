using System.Net.Sockets;
using Npgsql;

namespace OpenCode.Actors.Storage.Postgres.Connections;

/// <summary>Says of a fault of the driver what it means here, and what to do.</summary>
internal static class DatabaseFaults
{
    private const string IdleInTransactionTimeout = "25P03";
    private const string IdleSessionTimeout = "57P05"; // of a heartbeat whose process stood still

    /// <summary>Explains a fault met before the database was ready to be used.</summary>
    /// <param name="fault">What the driver threw.</param>
    /// <param name="place">Host, port and database.</param>
    /// <returns>What to throw instead.</returns>
    public static DatabaseException Explain(Exception fault, string place) => OfHosts(fault) switch
    {
        DatabaseException known => known,
        PostgresException server => Explain(server, place),
        NpgsqlException { InnerException: null } when place.Contains(',', StringComparison.Ordinal) => Standby(place),
        _ when IsSocketFault(fault) => new DatabaseUnreachableException(
            $"Nothing answers at {place}: {Innermost(fault)} Start PostgreSQL there, or correct Host and Port of the connection string.", fault),
        _ => new DatabaseUnreachableException($"{place} does not answer as PostgreSQL does: {Innermost(fault)} Look at the connection string and at the log of the database.", fault),
    };

    private static DatabaseException Explain(PostgresException fault, string place) => fault.SqlState switch
    {
        PostgresErrorCodes.InvalidPassword => new DatabaseRefusedException(
            $"{place} refused the password: {fault.MessageText}. Correct Username and Password of the connection string.", fault),
        PostgresErrorCodes.InvalidAuthorizationSpecification => new DatabaseRefusedException(
            $"{place} does not let this role in: {fault.MessageText}. Create the role (src/OpenCode.Actors.Storage/Postgres/init.sql), or allow it in pg_hba.conf.", fault),
        PostgresErrorCodes.InvalidCatalogName => new DatabaseRefusedException(
            $"{place}: {fault.MessageText}. Create the database (src/OpenCode.Actors.Storage/Postgres/init.sql), or correct Database of the connection string.", fault),
        PostgresErrorCodes.InsufficientPrivilege => new DatabaseRefusedException(
            $"The role has too few rights in {place}: {fault.MessageText}. It must own the schema, or be allowed to create it (docs/operations.md, the database).", fault),
        _ when fault.MessageText.Contains("pooling mode", StringComparison.OrdinalIgnoreCase) => Pooled(place, fault.MessageText, fault),
        PostgresErrorCodes.ProtocolViolation when fault.MessageText.Contains("startup parameter", StringComparison.OrdinalIgnoreCase) => Pooled(place, fault.MessageText, fault),
        PostgresErrorCodes.TooManyConnections or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown =>
            new DatabaseUnreachableException($"{place} takes no connection now: {fault.MessageText}. It may do so later; else look at its log.", fault),
        _ => new DatabaseRefusedException($"{place} refused to work: {fault.MessageText} ({fault.SqlState}). Look at the log of the database.", fault),
    };

    /// <summary>Explains that a proxy lends its connections to others between two transactions.</summary>
    public static DatabaseRefusedException Pooled(string place, string because, Exception? fault = null) => new(
        $"Before the database at {place} stands a proxy that shares connections between clients ({because}). Notifications, locks and settings of a session do not work through it: "
        + "connect to PostgreSQL itself, or through a pool in session mode that lets startup parameters pass.", fault);

    /// <summary>Explains that the server follows another one.</summary>
    public static DatabaseUnreachableException Standby(string place) => new(
        $"At {place} there is a standby, which takes no writes, and no primary. Promote it, or name the primary in the connection string (several hosts may be given, with commas).");

    /// <summary>Finds the most telling error, if the driver tried several hosts and reports all: that the life is another one, or what a server said; else all of it.</summary>
    public static Exception OfHosts(Exception fault) => fault.InnerException is AggregateException { InnerExceptions: var faults }
        ? faults.FirstOrDefault(static one => one is DatabaseLifeException) ?? faults.FirstOrDefault(static one => one is PostgresException) ?? fault
        : fault;

    /// <summary>True if a fault is one of the connection, so that the outcome of the statement is unknown.</summary>
    public static bool IsOfConnection(Exception fault) => fault is not PostgresException || fault is PostgresException
    {
        SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or IdleInTransactionTimeout or IdleSessionTimeout
    };

    private static bool IsSocketFault(Exception? fault) => fault is SocketException or TimeoutException || (fault?.InnerException is { } inner && IsSocketFault(inner));

    private static string Innermost(Exception fault)
    {
        while (fault.InnerException is { } inner)
            fault = inner;

        return fault.Message.TrimEnd('.') + ".";
    }
}
