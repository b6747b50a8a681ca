namespace OpenCode.Actors;

/// <summary>The phases of the coordinated shutdown, in order.</summary>
public static class ShutdownPhases
{
    /// <summary>Before new connections are refused.</summary>
    public const string BeforeServiceUnbind = "before-service-unbind";

    /// <summary>Stop accepting.</summary>
    public const string ServiceUnbind = "service-unbind";

    /// <summary>Wait for requests under way.</summary>
    public const string ServiceRequestsDone = "service-requests-done";

    /// <summary>End the streams.</summary>
    public const string ServiceStop = "service-stop";

    /// <summary>Before anything of the cluster.</summary>
    public const string BeforeClusterShutdown = "before-cluster-shutdown";

    /// <summary>Hand off the shards.</summary>
    public const string ShardingShutdownRegion = "sharding-shutdown-region";

    /// <summary>Say that the node leaves.</summary>
    public const string ClusterLeave = "cluster-leave";

    /// <summary>Wait until the others know.</summary>
    public const string ClusterExiting = "cluster-exiting";

    /// <summary>The others know.</summary>
    public const string ExitingDone = "exiting-done";

    /// <summary>Close the connections of the cluster.</summary>
    public const string ClusterShutdown = "cluster-shutdown";

    /// <summary>Flush the journal, close pools.</summary>
    public const string BeforeSystemTerminate = "before-system-terminate";

    /// <summary>End all actors. Done by the kernel, with whatever tasks are added.</summary>
    public const string SystemTerminate = "system-terminate";

    internal static IReadOnlyList<string> InOrder { get; } =
    [
        BeforeServiceUnbind, ServiceUnbind, ServiceRequestsDone, ServiceStop, BeforeClusterShutdown, ShardingShutdownRegion,
        ClusterLeave, ClusterExiting, ExitingDone, ClusterShutdown, BeforeSystemTerminate, SystemTerminate,
    ];
}
