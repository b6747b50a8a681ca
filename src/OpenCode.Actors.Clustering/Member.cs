namespace OpenCode.Actors.Clustering;

/// <summary>One life of one node, as its row in the database says.</summary>
/// <param name="Name">The node's name: it stays over restarts.</param>
/// <param name="Incarnation">Which life of it, from 1. What is dead never comes back: the node joins again with the next one.</param>
/// <param name="Status">What the database says of it.</param>
/// <param name="Beat">Counts its renewals. A number, not a time: no clock of any node is compared with another's.</param>
/// <param name="Url">Where the other nodes reach it.</param>
/// <param name="Tag">The <c>application_name</c> of all its connections, by which they are ended before its shards are taken over.</param>
public sealed record Member(string Name, long Incarnation, MemberStatus Status, long Beat, Uri Url, string Tag)
{
    /// <summary>Returns whether this is the same life of the same node, whatever its row says by now.</summary>
    /// <param name="other">The other.</param>
    public bool Is(Member? other) => other is not null && Incarnation == other.Incarnation && Name == other.Name;

    /// <summary>Returns whether this life of this node owns the shard.</summary>
    /// <param name="row">The shard's row.</param>
    public bool Owns(ShardRow row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return row.Incarnation == Incarnation && row.Owner == Name;
    }
}

/// <summary>The states of a member, in order.</summary>
public enum MemberStatus
{
    /// <summary>It has a row, but gets no shards yet.</summary>
    Joining,

    /// <summary>It gets shards.</summary>
    Up,

    /// <summary>It gives its shards away and gets no more.</summary>
    Leaving,

    /// <summary>Final. Everything of this life is refused by the database.</summary>
    Dead,
}
