using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary>One server for all tests that leave it as it was; each makes a schema of its own.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private PostgresServer? _server;

    internal PostgresServer Server
    {
        get
        {
            Needs.Postgres();
            return _server!;
        }
    }

    public async Task InitializeAsync()
    {
        if (PostgresServer.IsInstalled)
            _server = await PostgresServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }
}

/// <summary>Tests of the database's part that no load can fail, and that wait most of their time: one at a time, but beside others.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresTests : ICollectionFixture<PostgresFixture>
{
    public const string Name = "postgres";
}

/// <summary>Tests of the rows and locks of nodes, on a server of their own: the same, beside the tests above.</summary>
[CollectionDefinition(Name)]
public sealed class NodesTests : ICollectionFixture<PostgresFixture>
{
    public const string Name = "nodes";
}

/// <summary>Tests of clusters that must not lose a lease to the load of another test: one at a time, and beside nothing else.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class UndisturbedTests : ICollectionFixture<PostgresFixture>
{
    public const string Name = "undisturbed";
}
