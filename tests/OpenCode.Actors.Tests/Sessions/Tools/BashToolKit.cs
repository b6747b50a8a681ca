using System.Text.Json;
using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Actors;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Bash;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Tools;

/// <summary>The actor of the bash tool over a process that a test plays, with a probe for the reports to its run.</summary>
public abstract class BashToolKit : HubTestKit
{
    private protected BashToolKit()
    {
        Host = new ScriptedProcessHost(Simulation);
        Reports = CreateProbe();
    }

    private protected ScriptedProcessHost Host { get; }

    private protected BashOptions Options { get; } = new();

    private protected MemoryOutputs Outputs { get; } = new();

    private protected HubProbe Reports { get; }

    private protected IActorRef Tool { get; private set; } = null!;

    private protected ScriptedProcess Process => Host.Process;

    private protected static string OutputOf(ToolProgress progress) => progress.Metadata.GetProperty("output").GetString()!;

    private protected void Run(string input, bool isUsers = false)
    {
        var call = new ToolCall("call_1", "bash", JsonElement.Parse(input));
        var props = BashToolActor.PropsFor(
            call, new ToolContext(new SessionId("ses_x"), "/proj", "call_1", isUsers), Host, Outputs, Options, NullLogger<BashToolActor>.Instance);
        Spawn(Props.CreateBy(new ActorProducer<Parent>(() => new Parent(props, child => Tool = child, Reports.Ref))));
        RunDry();
        Reports.Watch(Tool);
    }

    private protected T Answer<T>()
        where T : ToolReport
    {
        var report = Reports.Expect<T>();
        Tool.Tell(new ToolContinue());
        RunDry();
        return report;
    }

    private protected void End(int code)
    {
        Process.CloseOutput();
        Process.Exit(code);
        RunDry();
    }

    // A tool reports to its parent: this one forwards its reports.
    private sealed class Parent : ReceiveActor
    {
        public Parent(Props child, Action<IActorRef> tell, IActorRef probe)
        {
            tell(Context.ActorOf(child));
            ReceiveAny(probe.Forward);
        }
    }
}
