namespace OpenCode.Actors.Server.Cluster.Secrets;

/// <summary>What a request of another node carries, and how the parts behind the edge know one.</summary>
internal static class NodeRequest
{
    /// <summary>Header: the secret of the cluster. Its holder passes the edge by it alone (RULES H2).</summary>
    public const string Secret = "x-opencode-cluster-secret";

    /// <summary>Header: the node that sends a client's request on. It is never sent on again (RULES G1).</summary>
    public const string ForwardedBy = "x-opencode-forwarded-by";

    /// <summary>Header of a request that was sent on, and of a 421: the token under which the shard is owned, as far as the sender knows.</summary>
    public const string ShardToken = "x-opencode-shard-token";

    private static readonly object _mark = new();

    /// <summary>Notes that the edge has seen the secret.</summary>
    public static void Admit(HttpContext context) => context.Items[_mark] = _mark;

    /// <summary>Whether another node has sent this.</summary>
    public static bool Is(HttpContext context) => context.Items.ContainsKey(_mark);

    /// <summary>Whether another node has sent this on for a client.</summary>
    public static bool IsForwarded(HttpContext context) => Is(context) && context.Request.Headers.ContainsKey(ForwardedBy);
}
