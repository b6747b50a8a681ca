using System.Globalization;
using Npgsql;

namespace OpenCode.Actors.Storage.Postgres.Connections;

/// <summary>What the user's connection string becomes: the same for every connection of a process.</summary>
internal sealed class ConnectionSettings
{
    /// <summary>The schema when the connection string has no Search Path.</summary>
    public const string DefaultSchema = "opencode_actors";

    // A dead peer is noticed within seconds by both sides, and a statement or a lock never waits for ever: the caller can try again, elsewhere too.
    // Without just-in-time compilation: tables of one row that were never analyzed look large to the planner, and a look at three nodes took 330 ms of compilation each time.
    private const string SessionOptions =
        "-c synchronous_commit=on -c lock_timeout=2s -c statement_timeout=10s -c idle_in_transaction_session_timeout=2s"
        + " -c jit=off -c plan_cache_mode=force_generic_plan -c tcp_keepalives_idle=2 -c tcp_keepalives_interval=1 -c tcp_keepalives_count=3 -c client_connection_check_interval=1s";

    private ConnectionSettings(string connectionString, string schema, string place)
    {
        ConnectionString = connectionString;
        Schema = schema;
        Place = place;
    }

    /// <summary>Gets the string to connect with.</summary>
    public string ConnectionString { get; }

    /// <summary>Gets the one schema that all tables are in.</summary>
    public string Schema { get; }

    /// <summary>Gets host, port and database as people write them, without secrets.</summary>
    public string Place { get; }

    /// <summary>Reads what the user gave.</summary>
    /// <param name="connectionString">A connection string of Npgsql.</param>
    /// <param name="tag">The application_name of every connection: it names the owner of one that blocks others.</param>
    /// <exception cref="DatabaseRefusedException">It cannot be read, or asks for what the journal must not have.</exception>
    public static ConnectionSettings Parse(string connectionString, string tag)
    {
        NpgsqlConnectionStringBuilder builder;
        try
        {
            builder = new(connectionString);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or KeyNotFoundException or OverflowException)
        {
            throw new DatabaseRefusedException(
                $"The connection string of the database cannot be read: {e.Message} Give one like \"Host=db;Database=opencode;Username=opencode;Password=…\".", e);
        }

        if (string.IsNullOrEmpty(builder.Host))
            throw new DatabaseRefusedException("The connection string of the database names no host. Give one like \"Host=db;Database=opencode;Username=opencode;Password=…\".");

        if (builder.Options?.Contains("synchronous_commit", StringComparison.OrdinalIgnoreCase) == true)
        {
            throw new DatabaseRefusedException(
                "The connection string sets synchronous_commit. What a client was shown must survive a crash of the database: take the setting out of Options.");
        }

        if (builder.Multiplexing)
            throw new DatabaseRefusedException("The connection string sets Multiplexing. The journal needs connections of its own: take it out.");

        var schema = string.IsNullOrWhiteSpace(builder.SearchPath) ? DefaultSchema : builder.SearchPath.Trim().Trim('"');
        if (schema.Contains(',', StringComparison.Ordinal) || schema.Contains('"', StringComparison.Ordinal))
            throw new DatabaseRefusedException($"The Search Path '{builder.SearchPath}' of the connection string names more than one schema. Name the one of the journal.");

        if (builder.TargetSessionAttributes is not (null or "primary" or "read-write"))
        {
            throw new DatabaseRefusedException(
                $"The connection string asks for Target Session Attributes={builder.TargetSessionAttributes}. Nodes write: take it out, and of several hosts the primary is found.");
        }

        if (builder.Host.Contains(',', StringComparison.Ordinal))
        {
            builder.TargetSessionAttributes ??= "primary";
            builder.HostRecheckSeconds = Math.Min(builder.HostRecheckSeconds, 1); // A standby that was promoted is not passed over for longer.
        }

        builder.SearchPath = $"\"{schema}\"";
        builder.ApplicationName = tag;
        builder.Options = $"{builder.Options} {SessionOptions}".Trim();
        builder.Timeout = Math.Min(builder.Timeout, 5);
        builder.CommandTimeout = 15; // After the server's own end of a statement, so that it is only met when nothing answers.
        builder.CancellationTimeout = 1_000;

        // What is said again and again is parsed and planned once a connection.
        builder.MaxAutoPrepare = 32;
        builder.AutoPrepareMinUsages = 2;
        if (!builder.Host.StartsWith('/') && !builder.Host.StartsWith('@'))
        {
            // Not for a socket in the file system: it knows no such thing, and its other end cannot vanish unnoticed.
            builder.TcpKeepAlive = true;
            builder.TcpKeepAliveTime = 2;
            builder.TcpKeepAliveInterval = 1;
        }

        builder.MaxPoolSize = Math.Clamp(builder.MaxPoolSize, 8, 32);
        builder.WriteBufferSize = builder.ReadBufferSize = 64 * 1024; // A batch is often this large: one system call, not eight.
        builder.Enlist = false;
        var port = builder.Host.Contains(',', StringComparison.Ordinal) ? "" : string.Create(CultureInfo.InvariantCulture, $":{builder.Port}");
        var place = $"{builder.Host}{port}/{builder.Database ?? builder.Username}";
        return new(builder.ConnectionString, schema, place);
    }
}
