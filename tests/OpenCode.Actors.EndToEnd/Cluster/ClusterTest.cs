using System.Numerics;
using System.Text;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Postgres;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>A test with nodes of a cluster of its own: processes of the built server on a schema of its own.</summary>
public abstract class ClusterTest(PostgresFixture postgres, ITestOutputHelper output) : ServerTest(output)
{
    private protected const string SharedSecret = "the-secret-of-the-tests";

    private string? _connection;

    private protected PostgresServer Postgres => postgres.Server;

    private protected string Connection => _connection ?? throw new InvalidOperationException("Start a node first.");

    /// <summary>Makes the setup of a node.</summary>
    private protected async Task<ServerSetup> NodeAsync(string name)
    {
        _connection ??= await Postgres.CreateSchemaAsync();
        return (Setup with { Port = Ports.Free(), Arguments = ["--cluster", _connection, "--node", name], Secret = SharedSecret }).WithEvenSharesSoon();
    }

    /// <summary>Starts nodes side by side, and waits until each has its share.</summary>
    private protected async Task<ServerProcess[]> StartNodesAsync(int count)
    {
        var setups = new List<ServerSetup>();
        for (var i = 1; i <= count; i++)
            setups.Add(await NodeAsync($"n{i}"));
        var nodes = await Task.WhenAll(setups.Select(StartAsync));
        await EvenAsync(count);
        return nodes;
    }

    /// <summary>Waits until no shard moves any more: where one has two more than another, one of them is still on its way.</summary>
    private protected Task EvenAsync(int count) => Eventually.TrueAsync(
        async () =>
        {
            var shares = await SharesAsync();
            return shares.Count == count && shares.Values.Max() - shares.Values.Min() <= 1;
        },
        $"{count} nodes with an even share", TimeSpan.FromSeconds(60));

    private protected async Task<Dictionary<string, int>> SharesAsync()
    {
        var rows = (string)(await Postgres.ExecuteAsync($"SELECT coalesce(string_agg(owner || ':' || n, ','), '') FROM (SELECT owner, count(*) AS n FROM {Schema}.shard WHERE owner IS NOT NULL GROUP BY owner) x"))!;
        return rows.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split(':')).ToDictionary(row => row[0], row => int.Parse(row[1], System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <summary>Finds the node that owns a session.</summary>
    private protected async Task<ServerProcess> OwnerAsync(IEnumerable<ServerProcess> nodes, string session)
    {
        var owner = (string)(await Postgres.ExecuteAsync($"SELECT owner FROM {Schema}.shard WHERE part = {ShardOf(session)}"))!;
        return nodes.Single(node => node.Setup.Arguments.Contains(owner));
    }

    private string Schema => Connection[(Connection.LastIndexOf('=') + 1)..];

    // Written down apart from the product: the shard of an id must never change.
    private static int ShardOf(string session)
    {
        var crc = uint.MaxValue;
        foreach (var b in Encoding.UTF8.GetBytes(session))
            crc = BitOperations.Crc32C(crc, b);
        return (int)(~crc % 64);
    }
}
