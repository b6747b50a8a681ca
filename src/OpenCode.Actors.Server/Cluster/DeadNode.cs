using OpenCode.Actors.Server.Settings;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>Ends the process of a node that was declared dead (rule "A node watches its own row"): at once and without a drain, since its sessions run elsewhere.</summary>
/// <remarks>Tools end with it: each is guarded by a process that kills its group when this one is gone. Streams are cut, and their clients go on at another node.</remarks>
internal sealed partial class DeadNode(ILogger<DeadNode> logger)
{
    /// <summary>Ends the process with exit code 6.</summary>
    /// <param name="reason">How the node knows.</param>
    public void End(string reason)
    {
        LogDead(logger, reason);
        Environment.Exit(ExitCodes.DeclaredDead);
    }

    [LoggerMessage(EventId = 5020, Level = LogLevel.Critical, Message = "This node is dead for the others and ends: {Reason} Its sessions run on other nodes; start it again, and it joins anew.")]
    private static partial void LogDead(ILogger logger, string reason);
}
