namespace OpenCode.Actors.Clustering;

/// <summary>What this node may do, by its own clock and the last answer of the database.</summary>
public enum Standing
{
    /// <summary>It is not a member yet.</summary>
    Joining,

    /// <summary>Its lease is good.</summary>
    Serving,

    /// <summary>No renewal came back for the local deadline: it may still own its shards, but does nothing for them until one does (RULES F1).</summary>
    Suspended,

    /// <summary>It gives its shards away. What it still owns it still serves.</summary>
    Leaving,

    /// <summary>It was declared dead, or has left. Unless it has left, it joins again with a new incarnation.</summary>
    Dead,
}
