namespace OpenCode.Actors.Sessions.Setup;

/// <summary>Whether this node hands its sessions over: then a turn that has not begun is left to the session's next owner (rule "Running turns are not moved"). Thread-safe.</summary>
internal sealed class NodeDrain
{
    private volatile bool _hasBegun;

    /// <summary>Gets a value indicating whether the node drains. It does until its end.</summary>
    public bool HasBegun => _hasBegun;

    /// <summary>Begins.</summary>
    public void Begin() => _hasBegun = true;
}
