using Akka.Actor;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions.Runs;

/// <summary>The running tools of a run, one child actor each.</summary>
/// <param name="toolbox">Makes the actor of a call.</param>
/// <param name="context">The run.</param>
internal sealed class RunningTools(IToolbox toolbox, IActorContext context)
{
    private readonly Dictionary<IActorRef, string> _calls = [];

    /// <summary>Gets a value indicating whether none runs.</summary>
    public bool IsEmpty => _calls.Count == 0;

    /// <summary>Starts a tool.</summary>
    /// <returns>Whether there is such a tool.</returns>
    public bool TryStart(ToolCall call, ToolContext where)
    {
        if (toolbox.PropsFor(call, where) is not { } props)
            return false;

        _calls.Add(context.Watch(context.ActorOf(props)), call.CallId);
        return true;
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
}
