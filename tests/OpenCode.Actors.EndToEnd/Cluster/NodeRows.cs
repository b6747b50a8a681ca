using System.Globalization;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>What the database of a cluster says of its nodes and shards, read without the product's code.</summary>
internal static class NodeRows
{
    /// <summary>Counts the nodes that are members.</summary>
    public static async Task<int> MembersAsync(PostgresServer database, string schema) =>
        Convert.ToInt32(await database.ExecuteAsync($"SELECT count(*) FROM {schema}.node WHERE status = 'up'"), CultureInfo.InvariantCulture);

    /// <summary>Reads which living node claimed each shard last: claimed shards by the name of their node.</summary>
    public static async Task<Dictionary<string, HashSet<int>>> ShardsAsync(PostgresServer database, string schema)
    {
        var rows = (string)(await database.ExecuteAsync(
            $"SELECT coalesce(string_agg(n.name || ':' || s.part, ','), '') FROM {schema}.shard s JOIN {schema}.node n ON n.name = s.owner AND n.uid = s.uid WHERE n.status = 'up'"))!;
        return rows.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split(':'))
            .GroupBy(row => row[0], row => int.Parse(row[1], CultureInfo.InvariantCulture)).ToDictionary(owned => owned.Key, owned => owned.ToHashSet());
    }

    /// <summary>Reads which node claimed a session's shard last.</summary>
    public static async Task<string?> OwnerAsync(PostgresServer database, string schema, string session) =>
        (string?)await database.ExecuteAsync($"SELECT owner FROM {schema}.shard WHERE part = {ShardOf(session)}");

    /// <summary>Computes the shard of a session. Written down apart from the product: the shard of an id must never change.</summary>
    public static int ShardOf(string session)
    {
        var hash = 0xCBF2_9CE4_8422_2325UL; // FNV-1a of 64 bits, its halves folded
        foreach (var character in session)
            hash = (hash ^ character) * 0x0000_0100_0000_01B3UL;
        return (int)((hash ^ (hash >> 32)) % 64);
    }
}
