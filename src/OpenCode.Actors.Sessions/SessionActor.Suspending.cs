using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions;

/// <content>RULES F1: a node that cannot be sure of its shards begins nothing new in the world. What runs goes on without credit, and all of it is made up for afterwards.</content>
internal sealed partial class SessionActor
{
    // What commits have released meanwhile; null when the node is not suspended.
    private List<Completion>? _heldBack;

    /// <summary>Begins no model call and no tool, and gives the run no credit, until <see cref="Resume"/>.</summary>
    public sealed record Suspend : INoInfluence;

    /// <summary>Carries out what was held back.</summary>
    public sealed record Resume : INoInfluence;

    private ValueTask OnSuspend()
    {
        _heldBack ??= [];
        _run?.Tell(new RunActor.Hold(), Self);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnResume()
    {
        var held = _heldBack;
        _heldBack = null;
        _run?.Tell(new RunActor.Release(), Self);
        foreach (var completion in held ?? [])
            Complete(completion);
        return ValueTask.CompletedTask;
    }

    // The end of a run is nothing new.
    private bool IsHeldBack(Completion completion)
    {
        if (_heldBack is null || completion is { Credit: null, Order: null or EndRun })
            return false;

        _heldBack.Add(completion with { Answer = null });
        return true;
    }
}
