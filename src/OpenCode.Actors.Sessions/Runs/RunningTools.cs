using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions.Runs;

/// <summary>The running tools of a run, one child actor each. The first one of a step that may change files is held until its files are in a snapshot.</summary>
/// <param name="toolbox">Makes the actor of a call.</param>
/// <param name="context">The run, which gets <see cref="Snapshotted"/>.</param>
internal sealed class RunningTools(IToolbox toolbox, IActorContext context)
{
    private readonly Dictionary<IActorRef, string> _calls = [];
    private readonly List<RunActor.Start> _held = [];
    private StepSnapshot? _snapshot;

    /// <summary>Gets a value indicating whether none runs.</summary>
    public bool IsEmpty => _calls.Count == 0;

    /// <summary>A step begins.</summary>
    /// <param name="snapshot">The snapshot before it; null where none is taken.</param>
    public void BeginStep(StepSnapshot? snapshot) => _snapshot = snapshot;

    /// <summary>Starts a tool, at once or after <see cref="Snapshotted"/>.</summary>
    /// <returns>The facts that follow at once.</returns>
    public IReadOnlyList<object> Start(RunActor.Start tool)
    {
        if (!toolbox.MayChangeFiles(tool.Call.Name))
            return StartNow(tool);

        if (_held.Count == 0)
        {
            // While the model answered, and its user was asked, others may have changed files. What the tools behind the first one find is its work.
            var snapshot = _snapshot;
            _snapshot = null;
            if (snapshot is null || !snapshot.TryRenew(out var renewed))
                return StartNow(tool);

            renewed.PipeTo(context.Self, success: static taken => new Snapshotted(taken), failure: static _ => new Snapshotted(null));
        }

        _held.Add(tool);
        return [];
    }

    /// <summary>Starts the tools that were held.</summary>
    /// <returns>The facts that follow at once.</returns>
    public IReadOnlyList<object> StartHeld(Snapshotted files)
    {
        RunActor.Start[] held = [.. _held];
        _held.Clear();
        return files.Snapshot is { } snapshot ? [new StepSnapshotTaken(snapshot), .. StartNow(held)] : StartNow(held);
    }

    /// <summary>True if an actor is one of them.</summary>
    public bool Contains(IActorRef tool) => _calls.ContainsKey(tool);

    /// <summary>A tool has sent its last report.</summary>
    public void End(IActorRef tool)
    {
        _calls.Remove(tool);
        context.Unwatch(tool);
    }

    /// <summary>Removes a tool whose actor has ended; returns its call.</summary>
    /// <returns>Its call, which has no result; null when it was none of them.</returns>
    public string? Gone(IActorRef tool) => _calls.Remove(tool, out var callId) ? callId : null;

    /// <summary>Stops all of them. Each ends after everything that it started.</summary>
    public void StopAll(StopTool how)
    {
        foreach (var tool in _calls.Keys)
            tool.Tell(how);
    }

    private List<object> StartNow(params ReadOnlySpan<RunActor.Start> tools)
    {
        var facts = new List<object>();
        foreach (var (call, where) in tools)
        {
            if (toolbox.PropsFor(call, where) is { } props)
                _calls.Add(context.Watch(context.ActorOf(props)), call.CallId);
            else
                facts.Add(new ToolFailed(call.CallId, $"There is no tool '{call.Name}' here."));
        }

        return facts;
    }

    /// <summary>The snapshot before the first tool was taken; null if it could not be.</summary>
    public sealed record Snapshotted(string? Snapshot) : IDeadLetterSuppression;
}
