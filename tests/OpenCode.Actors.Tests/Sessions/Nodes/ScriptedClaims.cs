using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Tests.Sessions.Nodes;

/// <summary>Claims of one shard: each claim after a lost one has the next token.</summary>
internal sealed class ScriptedClaims : IShardClaims
{
    private Fence? _held;

    /// <summary>Gets or sets what every claim fails with.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Gets or sets what happens at each claim.</summary>
    public Action? OnClaim { get; set; }

    /// <summary>Gets or sets what claims wait for.</summary>
    public Task<Fence?>? Pending { get; set; }

    public long Token { get; private set; }

    public List<Fence> LostFences { get; } = [];

    public ValueTask<Fence?> ClaimAsync(SessionId session, CancellationToken cancellationToken)
    {
        OnClaim?.Invoke();
        if (Pending is { } pending)
            return new(pending);

        return Fault is { } fault ? throw fault : new(_held ??= new Fence(7, ++Token));
    }

    public void Lost(Fence fence)
    {
        LostFences.Add(fence);
        if (_held == fence)
            _held = null;
    }

    /// <summary>This node claims the shard again.</summary>
    public void Forget() => _held = null;
}
