namespace OpenCode.Actors.Sessions.Readiness;

/// <summary>What this node may do at the moment.</summary>
internal enum NodeState
{
    /// <summary>It is on its way into the cluster: it takes no commands yet.</summary>
    Joining,

    /// <summary>It runs sessions.</summary>
    Ready,

    /// <summary>The arbiter has not answered for 500 ms: commands are refused, streams stay open (rule "Suspend on silence").</summary>
    Suspended,

    /// <summary>It has left by its own wish, or stopped.</summary>
    Left,

    /// <summary>It was declared dead: it runs nothing any more and its process ends (rule "A node watches its own row").</summary>
    Dead,
}
