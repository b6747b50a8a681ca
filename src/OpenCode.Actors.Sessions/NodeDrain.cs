namespace OpenCode.Actors.Sessions;

/// <summary>Whether this node hands its sessions over to others: then a turn that has not begun is kept for the next owner of its session (RULES G2). Thread-safe.</summary>
internal sealed class NodeDrain
{
    private volatile bool _hasBegun;

    /// <summary>Gets a value indicating whether the node drains. It does until its end.</summary>
    public bool HasBegun => _hasBegun;

    /// <summary>Begins.</summary>
    public void Begin() => _hasBegun = true;
}
