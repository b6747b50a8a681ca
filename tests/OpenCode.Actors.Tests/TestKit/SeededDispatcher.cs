using Akka.Dispatch;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>Queues each run of a mailbox as a step of the <see cref="SeededSystem"/>.</summary>
internal sealed class SeededDispatcher : MessageDispatcher
{
    private readonly SeededSystem _system;

    public SeededDispatcher(MessageDispatcherConfigurator configurator, SeededSystem system)
        : base(configurator)
    {
        _system = system;
        Id = "akka.actor.default-dispatcher";
        ShutdownTimeout = TimeSpan.FromSeconds(1);

        // One message a step. Throughput alone allows two (the mailbox counts after the first); a deadline in the past ends it after one.
        Throughput = 1;
        ThroughputDeadlineTime = 0;
    }

    protected override void ExecuteTask(IRunnable run)
    {
        if (run is Mailbox mailbox)
            _system.Ready(mailbox);
        else
            _system.Ready(new Step("run", run.Run));
    }

    protected override void Shutdown()
    {
    }
}
