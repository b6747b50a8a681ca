using Npgsql;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Storage.Postgres.Nodes;

/// <summary>Reads rows of the tables <c>node</c> and <c>look</c>.</summary>
internal static class NodeRows
{
    /// <summary>How many columns a row has; what else a statement gives is behind them.</summary>
    public const int Columns = 10;

    public static NodeRow Read(NpgsqlDataReader row) => new(
        new(new(row.GetString(0), row.GetInt64(1), row.GetString(2)), row.GetInt32(4), row.GetString(5), row.GetString(6), row.GetString(7)),
        StatusOf(row.GetString(3)),
        row.IsDBNull(8) ? null : row.GetInt64(8))
    {
        Looked = row.GetFieldValue<DateTimeOffset>(9),
    };

    /// <summary>Reads a row of the table <c>shard</c>.</summary>
    public static ShardRow ReadShard(NpgsqlDataReader row) =>
        new(row.GetInt32(0), row.IsDBNull(1) ? null : new(row.GetString(1), row.GetInt64(2), row.GetString(3)), row.GetInt64(4));

    /// <summary>Reads a status; a row that is gone is dead.</summary>
    public static NodeStatus StatusOf(string? status) => status switch
    {
        "joining" => NodeStatus.Joining,
        "up" => NodeStatus.Up,
        _ => NodeStatus.Dead,
    };
}
