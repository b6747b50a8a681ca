using System.Text.Json;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Tests.Sessions;

/// <summary>Tools that do what the test says; also the door to processes, which only notes what is killed.</summary>
internal sealed class ScriptedTools : IToolbox, IProcessHost
{
    public List<ScriptedTool> Started { get; } = [];

    public List<ProcessMark> Killed { get; } = [];

    /// <summary>Gets or sets what making a tool throws.</summary>
    public Exception? Fault { get; set; }

    public ScriptedTool Tool => Started[^1];

    public IReadOnlyList<ToolDefinition> Definitions { get; } = [new ToolDefinition("bash", "Runs a command.", JsonElement.Parse("""{"type":"object"}"""))];

    public Props? PropsFor(ToolCall call, ToolContext context)
    {
        if (Fault is { } fault)
            throw fault;

        return call.Name == "bash" ? Props.Create(() => new ToolActor(call, Started.Add)) : null;
    }

    public ValueTask<IToolProcess> StartAsync(ToolProcessSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void KillLeftover(ProcessMark mark) => Killed.Add(mark);

    private sealed class ToolActor(ToolCall call, Action<ScriptedTool> started) : Actor
    {
        private ScriptedTool? _tool;

        protected override ValueTask PreStartAsync()
        {
            _tool = new ScriptedTool(call, Self, Context.Parent);
            started(_tool);
            return ValueTask.CompletedTask;
        }

        protected override ValueTask ReceiveAsync(object message)
        {
            if (message is ToolContinue)
                _tool!.Continues++;
            else if (message is Exception fault)
                throw fault;
            return ValueTask.CompletedTask;
        }

        protected override ValueTask PostStopAsync()
        {
            _tool!.IsStopped = true;
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>One tool call that is under way.</summary>
internal sealed class ScriptedTool(ToolCall call, IActorRef self, IActorRef run)
{
    public ToolCall Call => call;

    public IActorRef Ref => self;

    public int Continues { get; set; }

    public bool IsStopped { get; set; }

    public void Begin(int group = 7) => Tell(new ToolStarted(call.CallId, new ProcessMark(group, 1, "boot")));

    public void Output(string output) => Tell(new ToolProgress(call.CallId, JsonSerializer.SerializeToElement(new { output })));

    public void End(string output, int exit = 0) => Tell(new ToolEnded(call.CallId, "title", output, JsonSerializer.SerializeToElement(new { output, exit, truncated = false })));

    public void Fail(string error) => Tell(new ToolFailed(call.CallId, error));

    public void Crash() => self.Tell(new InvalidOperationException("boom"));

    private void Tell(ToolReport report) => run.Tell(report, self);
}
