using System.Text.Json;
using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Tools.Tasks;

/// <summary>One call of <c>task</c>: creates the child, reports its id, prompts it, and ends with its answer. A stop aborts the child first, or leaves one that only waits for its user where the server stops.</summary>
internal sealed class TaskToolActor : ReceiveActor
{
    private readonly ToolCall _call;
    private readonly ToolContext _context;
    private readonly IChildSessions _children;
    private TaskInput? _input;
    private Child? _child;
    private bool _isAsked;
    private bool _isAborted;

    public TaskToolActor(ToolCall call, ToolContext context, IChildSessions children)
    {
        (_call, _context, _children) = (call, context, children);
        Receive<Opened>(OnOpened);
        Receive<ToolContinue>(_ => OnContinue());
        Receive<Answered>(OnAnswered);
        Receive<Failed>(OnFailed);
        Receive<StopTool>(OnStopTool);
    }

    private sealed record Opened(Child Child) : IDeadLetterSuppression;

    private sealed record Answered(string Text) : IDeadLetterSuppression;

    private sealed record Failed(Exception Cause) : IDeadLetterSuppression;

    private sealed record Weighed(bool IsWaiting) : IDeadLetterSuppression;

    private sealed record Ended : IDeadLetterSuppression;

    private JsonElement Metadata => JsonSerializer.SerializeToElement(new TaskMetadata(_context.SessionId.Value, _child!.Id.Value, _child.Model), TaskJson.Default.TaskMetadata);

    protected override void PreStart() => OpenAsync().PipeTo(Self, success: static child => new Opened(child), failure: static cause => new Failed(cause));

    // A hard stop: the child ends too.
    protected override void PostStop()
    {
        if (_isAsked && !_isAborted)
            _ = _children.AbortAsync(_child!);
    }

    // What is thrown before the first wait is a failure like any other.
    private async Task<Child> OpenAsync() => await _children.OpenAsync(_input = TaskInput.Read(_call.Input), _context);

    private void OnOpened(Opened message)
    {
        _child = message.Child;
        Context.Parent.Tell(new ToolProgress(_call.CallId, Metadata));
    }

    // The user can open the child before it begins.
    private void OnContinue()
    {
        _isAsked = true;
        _children.AskAsync(_child!, _input!.Prompt).PipeTo(Self, success: static text => new Answered(text), failure: static cause => new Failed(cause));
    }

    private void OnAnswered(Answered message)
    {
        _isAsked = false;
        var output = $"<task id=\"{_child!.Id}\" state=\"completed\">\n<task_result>\n{message.Text}\n</task_result>\n</task>";
        End(new ToolEnded(_call.CallId, _input!.Description, output, Metadata));
    }

    private void OnFailed(Failed message)
    {
        _isAsked = false;
        if (message.Cause is not ToolRefusedException)
            throw new InvalidOperationException($"The task of call {_call.CallId} failed in a way it should not: {message.Cause.Message}", message.Cause);

        // After a crash no model begins to work by itself: the user sees what was lost.
        End(new ToolFailed(_call.CallId, message.Cause.Message) { EndsTurn = _context.Left is not null });
    }

    private void OnStopTool(StopTool message)
    {
        Become(Stopping);
        if (_child is { } asked && _isAsked && message.SparesWaits)
            _children.IsWaitingAsync(asked).PipeTo(Self, success: static isWaiting => new Weighed(isWaiting), failure: static _ => new Weighed(false));
        else if (_child is { } child)
            Abort(child);
    }

    private void Stopping()
    {
        Receive<Opened>(m => Abort(m.Child));
        Receive<Weighed>(OnWeighed);
        Receive<Failed>(_ => OnOver());
        Receive<Answered>(_ => OnOver());
        Receive<Ended>(_ => OnAborted());
        ReceiveAny(static _ => { });
    }

    private void OnWeighed(Weighed message)
    {
        if (!message.IsWaiting || !_isAsked)
        {
            Abort(_child!);
            return;
        }

        _isAsked = false;
        End(new ToolLeft(_call.CallId));
    }

    private void Abort(Child child)
    {
        _child = child;
        _children.AbortAsync(child).PipeTo(Self, success: static () => new Ended(), failure: static _ => new Ended());
    }

    // The abort ends the turn of the child, and with it the wait for its answer.
    private void OnOver()
    {
        _isAsked = false;
        StopIfOver();
    }

    private void OnAborted()
    {
        _isAborted = true;
        StopIfOver();
    }

    private void StopIfOver()
    {
        if (!_isAsked && (_isAborted || _child is null))
            Context.Stop(Self);
    }

    private void End(ToolReport report)
    {
        Context.Parent.Tell(report);
        Context.Stop(Self);
    }
}
