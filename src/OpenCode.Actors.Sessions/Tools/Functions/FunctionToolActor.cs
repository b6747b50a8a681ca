using Akka.Actor;
using Akka.Event;

namespace OpenCode.Actors.Sessions.Tools.Functions;

/// <summary>Runs one function and reports its outcome to its parent. <see cref="StopTool"/> cancels the function, and the actor stops when that has ended.</summary>
internal sealed class FunctionToolActor : ReceiveActor
{
    private readonly string _callId;
    private readonly Func<CancellationToken, Task<ToolOutcome>> _function;
    private readonly CancellationTokenSource _stopped = new();

    public FunctionToolActor(string callId, Func<CancellationToken, Task<ToolOutcome>> function)
    {
        (_callId, _function) = (callId, function);
        Receive<Done>(OnDone);
        Receive<Failed>(OnFailed);
        Receive<StopTool>(_ => OnStopTool());
    }

    private sealed record Done(ToolOutcome Outcome) : IDeadLetterSuppression;

    private sealed record Failed(Exception Cause) : IDeadLetterSuppression;

    protected override void PreStart() => RunAsync().PipeTo(Self, success: static outcome => new Done(outcome), failure: static cause => new Failed(cause));

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    // What the function throws before its first wait is a failure like any other.
    private async Task<ToolOutcome> RunAsync() => await _function(_stopped.Token);

    private void OnDone(Done message)
    {
        var outcome = message.Outcome;
        End(new ToolEnded(_callId, outcome.Title, outcome.Output, outcome.Metadata) { Files = outcome.Files, Edited = outcome.Edited, Todos = outcome.Todos });
    }

    private void OnFailed(Failed message)
    {
        if (message.Cause is not (ToolRefusedException or TimeoutException or IOException))
            throw new InvalidOperationException($"The tool of call {_callId} failed in a way it should not: {message.Cause.Message}", message.Cause);

        End(new ToolFailed(_callId, message.Cause.Message));
    }

    private void OnStopTool()
    {
        _stopped.Cancel();
        Become(() =>
        {
            Receive<Done>(_ => Context.Stop(Self));
            Receive<Failed>(_ => Context.Stop(Self));
        });
    }

    private void End(ToolReport report)
    {
        Context.Parent.Tell(report);
        Context.Stop(Self);
    }
}
