using Npgsql;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Storage.Postgres;
using OpenCode.Actors.Storage.Postgres.Batches;
using OpenCode.Actors.Storage.Postgres.Nodes;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.EndToEnd.Nodes;

/// <summary>One node's arbiter on a real server, reached over a way of its own.</summary>
internal sealed class PostgresNode : ArbiterNode
{
    private readonly PostgresDatabase _database;
    private readonly NodeLine _line;

    private PostgresNode(NodeDescription description, PostgresDatabase database, NodeLine line)
        : base(description, new PostgresArbiter(database, TimeProvider.System)) => (_database, _line) = (database, line);

    /// <summary>Opens the database at a node's place.</summary>
    /// <param name="connectionString">The way to the server.</param>
    /// <param name="description">The node; its tag begins with <c>oc/</c>.</param>
    public static async Task<PostgresNode> OpenAsync(string connectionString, NodeDescription description)
    {
        var way = new NpgsqlConnectionStringBuilder(connectionString);
        var line = new NodeLine(way.Port);
        way.Port = line.Port;
        return new(description, await PostgresDatabase.OpenAsync(way.ConnectionString, description.ConnectionTag["oc/".Length..]), line);
    }

    public override async Task<IJournal> OpenJournalAsync() => await PostgresJournal.OpenAsync(_database, new(), TimeProvider.System);

    public override void SetAway(bool isAway) => _line.Cut(isAway);

    public override void Freeze() => _line.Freeze();

    public override void Thaw() => _line.Thaw();

    public override async ValueTask KillAsync()
    {
        _line.Thaw();
        _line.Cut(true);
        await Arbiter.DisposeAsync();
        await _database.DisposeAsync();
        await _line.DisposeAsync();
    }
}
