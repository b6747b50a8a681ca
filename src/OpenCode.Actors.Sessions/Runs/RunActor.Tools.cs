using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions.Runs;

/// <content>Tools: a child each, which may report again once its report is durable.</content>
internal sealed partial class RunActor
{
    private readonly Dictionary<IActorRef, string> _calls = [];

    private void OnStart(Start message)
    {
        if (_toolbox(message.Call, message.IsUsers) is not { } props)
        {
            Tell(new ToolFailed(message.Call.CallId, $"There is no tool '{message.Call.Name}' here."));
            return;
        }

        _calls.Add(Context.Watch(Context.ActorOf(props)), message.Call.CallId);
    }

    private void OnToolReport(ToolReport message)
    {
        if (!_calls.ContainsKey(Sender))
            return;

        if (message is ToolEnded or ToolFailed)
        {
            _calls.Remove(Sender);
            Context.Unwatch(Sender);
        }
        else
        {
            _outgoing.AnswerLater(Sender, ToolContinue.Instance);
        }

        Tell(message);
    }

    private void OnToolGone(IActorRef tool)
    {
        if (!_calls.Remove(tool, out var callId))
            return;

        LogToolGone(_logger, callId);
        Tell(new ToolFailed(callId, "The tool broke down before it had a result. The server's log has the reason."));
    }

    [LoggerMessage(EventId = 6021, Level = LogLevel.Warning, Message = "The tool of call {CallId} ended without a result; its part is closed as an error.")]
    private static partial void LogToolGone(ILogger logger, string callId);
}
