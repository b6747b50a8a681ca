using System.Text.Json;
using Akka.Actor;
using OpenCode.Actors.Protocol.Sessions;
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

    /// <summary>Gets the names of the tools. The one that is called "look" changes no files.</summary>
    public List<string> Names { get; } = ["bash"];

    public IReadOnlyList<ToolDefinition> Definitions => [.. Names.Select(static name => new ToolDefinition(name, "Runs a command.", JsonElement.Parse("""{"type":"object"}""")))];

    public bool MayChangeFiles(string name) => name != "look";

    public Props? PropsFor(ToolCall call, ToolContext context)
    {
        if (Fault is { } fault)
            throw fault;

        return Names.Contains(call.Name) ? Props.Create(() => new ToolActor(call, Started.Add)) : null;
    }

    public ValueTask<IToolProcess> StartAsync(ToolProcessSpec spec, CancellationToken cancellationToken) => throw new NotSupportedException();

    public void KillLeftover(ProcessMark mark) => Killed.Add(mark);

    public void KillAll()
    {
    }

    private sealed class ToolActor : ReceiveActor
    {
        private readonly ScriptedTool _tool;

        public ToolActor(ToolCall call, Action<ScriptedTool> started)
        {
            _tool = new ScriptedTool(call, Self, Context.Parent);
            started(_tool);

            Receive<ToolContinue>(_ => _tool.Continues++);
            Receive<StopTool>(_ => OnStop());
            Receive<Exception>(static fault => throw fault);
            Receive<string>(_ => Context.Stop(Self));
        }

        protected override void PostStop() => _tool.IsStopped = true;

        private void OnStop()
        {
            _tool.WasToldToStop = true;
            if (!_tool.IsStubborn)
                Context.Stop(Self);
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

    public bool WasToldToStop { get; set; }

    /// <summary>Gets or sets a value indicating whether it ignores a stop.</summary>
    public bool IsStubborn { get; set; }

    public void Begin(int group = 7) => Tell(new ToolStarted(call.CallId, new ProcessMark(group, 1, "boot")));

    public void Output(string output) => Tell(new ToolProgress(call.CallId, JsonSerializer.SerializeToElement(new { output })));

    public void End(string output, int exit = 0) => Tell(new ToolEnded(call.CallId, "title", output, JsonSerializer.SerializeToElement(new { output, exit, truncated = false })));

    /// <summary>Ends with a file that it changed.</summary>
    public void EndWithChange(string file) => Tell(new ToolEnded(call.CallId, "title", "done", JsonSerializer.SerializeToElement(new { filediff = new { file } })));

    /// <summary>Ends with files that it wrote, and a to-do list.</summary>
    public void End(IReadOnlyList<string> edited, IReadOnlyList<Todo>? todos) =>
        Tell(new ToolEnded(call.CallId, "title", "done", JsonSerializer.SerializeToElement(new { })) { Edited = edited, Todos = todos, Files = [new ToolFile("image/png", "x.png", "data:image/png;base64,AA==")] });

    public void Fail(string error) => Tell(new ToolFailed(call.CallId, error));

    /// <summary>Stops after all.</summary>
    public void GiveIn() => self.Tell("stop");

    public void Crash() => self.Tell(new InvalidOperationException("boom"));

    private void Tell(ToolReport report) => run.Tell(report, self);
}
