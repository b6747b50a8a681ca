namespace OpenCode.Actors.Benchmarks.Kernel;

/// <summary>OpenCode.Actors with one kind of mailbox.</summary>
internal sealed class OurKernel(string name, MailboxOptions mailbox) : IContender
{
    public string Name => name;

    public IWorld Open() => new World(mailbox);

    private sealed class World(MailboxOptions mailbox) : IWorld
    {
        private readonly ActorSystem _system = ActorSystem.Create("bench");

        private Func<object, ValueTask>? _lastHandle;
        private Props? _lastProps;

        public IPeer Spawn(Func<object, ValueTask> handle)
        {
            // Actors of one kind share their props, as in an application.
            if (_lastProps is null || !ReferenceEquals(handle, _lastHandle))
                (_lastHandle, _lastProps) = (handle, Props.Create(() => new BenchActor(handle)).WithMailbox(mailbox));
            return new Peer(_system.ActorOf(_lastProps));
        }

        public IPeer SpawnEcho() => new Peer(_system.ActorOf(Props.Create(static () => new EchoActor()).WithMailbox(mailbox)));

        public ValueTask DisposeAsync() => _system.DisposeAsync();
    }

    private sealed class Peer(IActorRef actor) : IPeer
    {
        public void Tell(object message) => actor.Tell(message);

        public Task<object> Ask(object message) => actor.Ask<object>(message, TimeSpan.FromSeconds(10));
    }

    private sealed class BenchActor(Func<object, ValueTask> handle) : Actor
    {
        protected override ValueTask ReceiveAsync(object message) => handle(message);
    }

    private sealed class EchoActor : Actor
    {
        protected override ValueTask ReceiveAsync(object message)
        {
            Sender.Tell(message);
            return ValueTask.CompletedTask;
        }
    }
}
