namespace OpenCode.Actors.Clustering.Placing;

/// <summary>The rows of the shards as they are known: of each the one with the highest token, whoever told it first. What comes late takes nothing back.</summary>
internal sealed class KnownShards
{
    private ShardRow[] _rows = [];
    private string? _life;

    /// <summary>Gets all shards in order; never changed, but replaced.</summary>
    public IReadOnlyList<ShardRow> Rows => _rows;

    /// <summary>Takes what a look has seen. Another life of the database may know less than the one before, and is right.</summary>
    public void See(ClusterLook look)
    {
        if (look.Life == _life && look.Shards.Count == _rows.Length)
        {
            Take(look.Shards);
            return;
        }

        _life = look.Life;
        _rows = [.. look.Shards];
    }

    /// <summary>Takes rows that were told.</summary>
    /// <returns>Whether any of them is news.</returns>
    public bool Take(IReadOnlyList<ShardRow> rows)
    {
        ShardRow[]? next = null;
        foreach (var row in rows)
        {
            if ((uint)row.Shard < (uint)_rows.Length && row.Token > _rows[row.Shard].Token)
                (next ??= [.. _rows])[row.Shard] = row;
        }

        _rows = next ?? _rows;
        return next is not null;
    }
}
