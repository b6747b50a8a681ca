using System.Runtime.ExceptionServices;
using System.Text;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OpenCode.Actors.Storage.Postgres.Connections;
using OpenCode.Actors.Storage.Postgres.Schema;

namespace OpenCode.Actors.Storage.Postgres;

/// <summary>The database of a journal as one process has it open: its schema is there, and each connection belongs to the life that was found at the start.</summary>
/// <remarks>All members may be called from any thread.</remarks>
public sealed partial class PostgresDatabase : IAsyncDisposable
{
    /// <summary>How long the id of a process may be, in bytes: PostgreSQL cuts a longer <c>application_name</c>, and then the connections of a process cannot be found by it.</summary>
    public const int MaxProcessBytes = 63 - 3;

    private const string TagPrefix = "oc/";

    private readonly NpgsqlDataSource _connections;
    private readonly NpgsqlDataSource _unpooled;
    private readonly ConnectionSettings _settings;
    private readonly Life _life;

    private PostgresDatabase(ConnectionSettings settings, string tag, Life life, ILoggerFactory loggers)
    {
        _settings = settings;
        _life = life;
        Tag = tag;
        _connections = SourceOf(settings.ConnectionString, loggers);
        _unpooled = SourceOf(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Pooling = false }.ConnectionString, loggers);
    }

    /// <summary>Gets the <c>application_name</c> of every connection: <c>oc/</c> and the id of this process.</summary>
    public string Tag { get; }

    /// <summary>Gets the generation that ran when this process opened the database. The journal may have gone on in a later one.</summary>
    public long Generation => _life.Generation;

    /// <summary>Gets host, port and database, for messages.</summary>
    public string Place => _settings.Place;

    /// <summary>Opens the database: looks whether it is fit, and makes or updates the schema. Any number of processes may do so at the same time.</summary>
    /// <param name="connectionString">A connection string of Npgsql. Its Search Path names the schema, by default <c>opencode_actors</c>.</param>
    /// <param name="process">The id of this process: a new one at each start, at most <see cref="MaxProcessBytes"/> bytes.</param>
    /// <param name="loggers">Makes loggers for this part and for Npgsql.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The database.</returns>
    /// <exception cref="DatabaseRefusedException">Connection string, role, database or settings have to be changed.</exception>
    /// <exception cref="DatabaseUnreachableException">It does not answer, or not now.</exception>
    /// <exception cref="DatabaseVersionException">A newer program made the schema.</exception>
    public static async Task<PostgresDatabase> OpenAsync(
        string connectionString, string process, ILoggerFactory? loggers = null, CancellationToken cancellationToken = default)
    {
        var tag = TagPrefix + process;
        if (Encoding.UTF8.GetByteCount(process) > MaxProcessBytes)
            throw new ArgumentException($"The id '{process}' of the process is too long: give at most {MaxProcessBytes} bytes.", nameof(process));

        loggers ??= NullLoggerFactory.Instance;
        var settings = ConnectionSettings.Parse(connectionString, tag);
        try
        {
            var (found, life) = await PrepareAsync(settings, cancellationToken).ConfigureAwait(false);
            var database = new PostgresDatabase(settings, tag, life, loggers);
            var logger = loggers.CreateLogger<PostgresDatabase>();
            LogOpened(logger, settings.Place, settings.Schema, found, Migrator.Known, life.Generation);
            return database;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw DatabaseFaults.Explain(e, settings.Place);
        }
    }

    /// <summary>Gets a connection; the caller disposes it. A new one is compared with the life of the database before it is given out (rule "Life of the database").</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>An open connection, with the settings of a session that may append.</returns>
    /// <exception cref="DatabaseLifeException">The database began another life: end the process.</exception>
    /// <exception cref="NpgsqlException">There is none to be had now.</exception>
    public ValueTask<NpgsqlConnection> ConnectAsync(CancellationToken cancellationToken) => ConnectAsync(_connections, cancellationToken);

    /// <summary>Closes the connections that are not in use: they are of a server that has gone. Those in use are closed when they are given back.</summary>
    internal void ForgetIdle() => _connections.Clear();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _connections.DisposeAsync().ConfigureAwait(false);
        await _unpooled.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Gets a connection of its own, which ends when it is disposed, and with it the locks that it holds. A pool would keep both.</summary>
    internal ValueTask<NpgsqlConnection> ConnectUnpooledAsync(CancellationToken cancellationToken) => ConnectAsync(_unpooled, cancellationToken);

    private static async ValueTask<NpgsqlConnection> ConnectAsync(NpgsqlDataSource source, CancellationToken cancellationToken)
    {
        try
        {
            return await source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (NpgsqlException e) when (DatabaseFaults.OfHosts(e) is DatabaseLifeException life)
        {
            ExceptionDispatchInfo.Throw(life);
            throw;
        }
    }

    private static async Task<(int Found, Life Life)> PrepareAsync(ConnectionSettings settings, CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(settings.ConnectionString) { Pooling = false }.ConnectionString);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            await Fitness.CheckAsync(connection, settings, cancellationToken).ConfigureAwait(false);
            var found = await Migrator.RunAsync(connection, settings.Schema, cancellationToken).ConfigureAwait(false);
            return (found, await Life.ReadAsync(connection, settings.Place, cancellationToken).ConfigureAwait(false));
        }
    }

    private NpgsqlDataSource SourceOf(string connectionString, ILoggerFactory loggers)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.UseLoggerFactory(loggers);
        builder.UsePhysicalConnectionInitializer(static _ => throw new NotSupportedException("Connections are opened asynchronously."), CheckLifeAsync);
        return builder.Build();
    }

    private async Task CheckLifeAsync(NpgsqlConnection connection)
    {
        var found = await Life.ReadAsync(connection, Place, CancellationToken.None).ConfigureAwait(false);
        if (found.Name != _life.Name)
            throw new DatabaseLifeException(Generation, found.Generation);
    }

    [LoggerMessage(EventId = 3100, Level = LogLevel.Information,
        Message = "Opened the database {Place}, schema {Schema} (version {Found}, now {Known}), generation {Generation}.")]
    private static partial void LogOpened(ILogger logger, string place, string schema, int found, int known, long generation);
}
