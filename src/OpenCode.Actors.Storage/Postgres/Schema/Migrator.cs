using System.Globalization;
using System.Reflection;
using Npgsql;
using OpenCode.Actors.Storage.Postgres.Connections;

namespace OpenCode.Actors.Storage.Postgres.Schema;

/// <summary>Brings the schema to the version of this program, or makes it. Nodes that start at the same time wait for each other.</summary>
/// <remarks>
/// A version is the file of its number in this folder and runs once, in one transaction with all that are missing. Nodes of the version before go on while it runs and
/// afterwards, until they are restarted one by one: a new version may add, and take away only what the version before it did not use any more. Version 4 alone does not run
/// while they live (<see cref="OlderNodes"/>).
/// </remarks>
internal static class Migrator
{
    // One lock a schema: the first half says what it is for.
    private const int LockClass = 0x6F63_6D67;

    // What other nodes may need, and what a large table may take.
    private const string Patience = "SET LOCAL lock_timeout = '60s'; SET LOCAL statement_timeout = '10min'; SET LOCAL idle_in_transaction_session_timeout = '60s'";

    /// <summary>Gets the newest version that this program knows.</summary>
    public static int Known { get; } = CountKnown();

    /// <summary>Brings the schema to <see cref="Known"/>.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="schema">The schema.</param>
    /// <param name="cancellationToken">Gives up; nothing is changed then.</param>
    /// <returns>The version that was found; 0 for none.</returns>
    /// <exception cref="DatabaseVersionException">It is newer.</exception>
    /// <exception cref="DatabaseRefusedException">Nodes of an older protocol live.</exception>
    public static async Task<int> RunAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        // Most starts end here, and take no lock.
        var found = await VersionAsync(connection, schema, cancellationToken).ConfigureAwait(false);
        if (found == Known)
            return found;

        var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            await ExecuteAsync(connection, Patience, cancellationToken).ConfigureAwait(false);
            await ExecuteAsync(connection, $"SELECT pg_advisory_xact_lock({LockClass}, hashtext('{schema.Replace("'", "''", StringComparison.Ordinal)}'))", cancellationToken).ConfigureAwait(false);
            found = await VersionAsync(connection, schema, cancellationToken).ConfigureAwait(false);
            if (found > Known)
                throw new DatabaseVersionException(schema, found, Known);

            if (found == 0)
                await BeginAsync(connection, schema, cancellationToken).ConfigureAwait(false);
            else if (found < OlderNodes.GoneSince)
                await OlderNodes.RefuseLivingAsync(connection, schema, cancellationToken).ConfigureAwait(false);
            for (var version = found + 1; version <= Known; version++)
                await ExecuteAsync(connection, Script(version), cancellationToken).ConfigureAwait(false);

            if (found < Known)
                await ExecuteAsync(connection, string.Create(CultureInfo.InvariantCulture, $"UPDATE schema_version SET version = {Known}"), cancellationToken).ConfigureAwait(false);
            await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            return found;
        }
    }

    private static async Task BeginAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        // Asked first: CREATE SCHEMA IF NOT EXISTS wants the right to create also where it has nothing to do.
        if (!await new Statements(connection, cancellationToken).ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", schema).ConfigureAwait(false))
            await ExecuteAsync(connection, $"CREATE SCHEMA \"{schema}\"", cancellationToken).ConfigureAwait(false);

        await ExecuteAsync(connection, "CREATE TABLE schema_version (version int NOT NULL); INSERT INTO schema_version (version) VALUES (0)", cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads the version of the schema; 0 where there is none.</summary>
    public static async Task<int> VersionAsync(NpgsqlConnection connection, string schema, CancellationToken cancellationToken)
    {
        // The table of tables is read as a table: to_regclass answers from a cache, which within a transaction may not know yet what another node has made.
        var statements = new Statements(connection, cancellationToken);
        return await statements.ScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = 'schema_version')", schema).ConfigureAwait(false)
            ? await statements.ScalarAsync<int>("SELECT version FROM schema_version").ConfigureAwait(false)
            : 0;
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string text, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand(text, connection) { CommandTimeout = 0 };
        await using (command.ConfigureAwait(false))
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    private static string Name(int version) => string.Create(CultureInfo.InvariantCulture, $"postgres-{version:0000}.sql");

    private static int CountKnown()
    {
        var names = Assembly.GetExecutingAssembly().GetManifestResourceNames().ToHashSet(StringComparer.Ordinal);
        var count = 0;
        while (names.Contains(Name(count + 1)))
            count++;

        return count;
    }

    private static string Script(int version)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(Name(version))!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
