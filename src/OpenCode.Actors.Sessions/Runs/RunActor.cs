using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Sessions.Runs;

/// <summary>Drives the model and the tools of one turn, and reports what happens to its session, which alone decides.</summary>
/// <remarks>
/// One report is unanswered at a time; what happens meanwhile is merged here (RULES C2). Stopping it ends the model's stream and every tool. A failure of it is not a
/// failure of the session: the parent stops it and closes the turn.
/// </remarks>
internal sealed partial class RunActor(RunId id, Func<ToolCall, bool, Props?> toolbox, SessionsOptions options, ILogger<RunActor> logger) : Actor
{
    /// <summary>Lets the model make its next step.</summary>
    public sealed record Begin(IChatModel Model, ModelRequest Request);

    /// <summary>Starts a tool.</summary>
    public sealed record Start(ToolCall Call, bool IsUsers);

    /// <summary>The last report is durable: the next may come.</summary>
    public sealed record Continue;

    /// <summary>Makes no call of the model by itself until <see cref="Release"/>.</summary>
    public sealed record Hold;

    /// <summary>Calls may be made again.</summary>
    public sealed record Release;

    /// <summary>What happened since the last report: <see cref="RunFact"/>s and <see cref="ToolReport"/>s, in order.</summary>
    public sealed record Report(RunId Run, IReadOnlyList<object> Facts);

    private readonly Outgoing _outgoing = new();

    public static Props PropsFor(RunId id, Func<ToolCall, bool, Props?> toolbox, SessionsOptions options, ILogger<RunActor> logger) =>
        Props.Create(() => new RunActor(id, toolbox, options, logger));

    // A tool that fails is an error of that tool, told by its Terminated.
    protected override SupervisorStrategy SupervisorStrategy => SupervisorStrategy.Stopping;

    protected override ValueTask ReceiveAsync(object message) => message switch
    {
        Begin m => OnBegin(m),
        Advanced m => OnAdvanced(m),
        Broken m => OnBroken(m),
        StreamSilent m => OnSilent(m),
        RetryNow => OnRetryNow(),
        Start m => OnStart(m),
        ToolReport m => OnToolReport(m),
        Terminated m => OnToolGone(m),
        Continue => OnContinue(),
        Hold => OnHold(),
        Release => OnRelease(),
        _ => Unhandled(message),
    };

    protected override ValueTask PostStopAsync()
    {
        Abandon();
        return ValueTask.CompletedTask;
    }

    private ValueTask OnContinue()
    {
        foreach (var tool in _outgoing.Acknowledge())
            tool.Tell(ToolContinue.Instance, Self);

        Send();
        return Resume();
    }

    private ValueTask Tell(object fact, IActorRef? tool = null)
    {
        _outgoing.Add(fact, tool);
        Send();
        return ValueTask.CompletedTask;
    }

    private void Send()
    {
        if (_outgoing.TryTake() is { } facts)
            Context.Parent.Tell(new Report(id, facts), Self);
    }
}
