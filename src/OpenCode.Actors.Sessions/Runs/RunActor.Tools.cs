using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions.Runs;

/// <content>Tools: a child each, which may report again once its report is durable.</content>
internal sealed partial class RunActor
{
    private readonly Dictionary<IActorRef, string> _calls = [];

    private ValueTask OnStart(Start message)
    {
        if (toolbox(message.Call, message.IsUsers) is not { } props)
            return Tell(new ToolFailed(message.Call.CallId, $"There is no tool '{message.Call.Name}' here."));

        var tool = Context.ActorOf(props);
        Context.Watch(tool);
        _calls.Add(tool, message.Call.CallId);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnToolReport(ToolReport message)
    {
        var tool = Sender;
        if (!_calls.ContainsKey(tool))
            return ValueTask.CompletedTask;

        if (message is not (ToolEnded or ToolFailed))
            return Tell(message, tool);

        _calls.Remove(tool);
        Context.Unwatch(tool);
        return Tell(message);
    }

    private ValueTask OnToolGone(Terminated message)
    {
        if (!_calls.Remove(message.Actor, out var callId))
            return ValueTask.CompletedTask;

        LogToolGone(logger, callId);
        return Tell(new ToolFailed(callId, "The tool broke down before it had a result. The server's log has the reason."));
    }

    [LoggerMessage(EventId = 6021, Level = LogLevel.Warning, Message = "The tool of call {CallId} ended without a result; its part is closed as an error.")]
    private static partial void LogToolGone(ILogger logger, string callId);
}
