using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Clustering.Members;

/// <summary>Tells what asks the journal whether this node has it at the moment.</summary>
internal sealed class NodeSuspension : ISuspension, IDisposable
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    private readonly NodeStanding _standing;
    private readonly IDisposable _changes;
    private volatile CancellationTokenSource _begins = new();

    /// <summary>Initializes a new instance of the <see cref="NodeSuspension"/> class.</summary>
    /// <param name="standing">The standing of this node.</param>
    public NodeSuspension(NodeStanding standing)
    {
        _standing = standing;
        _changes = standing.Changed.Add(OnChanged);
    }

    /// <inheritdoc/>
    public Unavailable? Refusal => _standing.Now is { State: NodeState.Suspended or NodeState.Dead } now
        ? new Unavailable($"{now.Reason} Nothing was changed. Send the request again.", _retryAfter)
        : null;

    /// <inheritdoc/>
    public CancellationToken Begins => _begins.Token;

    /// <inheritdoc/>
    public void Dispose() => _changes.Dispose();

    // The source is not disposed: callers may still read its token, and a source without a timer holds no resource.
    private void OnChanged(NodeState state)
    {
        if (state is NodeState.Suspended or NodeState.Dead)
            _ = _begins.CancelAsync();
        else if (_begins.IsCancellationRequested)
            _begins = new CancellationTokenSource();
    }
}
