using System.Threading.Channels;

namespace OpenCode.Actors.Benchmarks.Kernel;

/// <summary>The obvious actor without a kernel: a channel with one async read loop.</summary>
internal sealed class ChannelKernel(string name, int? capacity) : IContender
{
    public string Name => name;

    public IWorld Open() => new World(capacity);

    private sealed class World(int? capacity) : IWorld
    {
        private readonly List<Peer> _peers = [];

        public IPeer Spawn(Func<object, ValueTask> handle) => Add(new Peer(capacity, handle));

        public IPeer SpawnEcho() => Add(new Peer(capacity, static message =>
        {
            var question = (Question)message;
            question.Answer.TrySetResult(question.Message);
            return ValueTask.CompletedTask;
        }));

        public async ValueTask DisposeAsync()
        {
            foreach (var peer in _peers)
                await peer.EndAsync();
        }

        private Peer Add(Peer peer)
        {
            _peers.Add(peer);
            return peer;
        }
    }

    private sealed class Peer : IPeer
    {
        private readonly Channel<object> _channel;
        private readonly Func<object, ValueTask> _handle;
        private readonly Task _loop;

        public Peer(int? capacity, Func<object, ValueTask> handle)
        {
            _handle = handle;
            _channel = capacity is { } bound
                ? Channel.CreateBounded<object>(new BoundedChannelOptions(bound) { SingleReader = true })
                : Channel.CreateUnbounded<object>(new UnboundedChannelOptions { SingleReader = true });
            _loop = Task.Run(RunAsync);
        }

        public void Tell(object message)
        {
            // A full channel holds the sender up; a closed one, at the end of a measurement, takes nothing any more.
            while (!_channel.Writer.TryWrite(message) && _channel.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult())
            {
            }
        }

        public Task<object> Ask(object message)
        {
            var question = new Question(message);
            Tell(question);
            return question.Answer.Task.WaitAsync(TimeSpan.FromSeconds(10));
        }

        public Task EndAsync()
        {
            _channel.Writer.TryComplete();
            return _loop;
        }

        private async Task RunAsync()
        {
            var reader = _channel.Reader;
            while (await reader.WaitToReadAsync())
            {
                while (reader.TryRead(out var message))
                    await _handle(message);
            }
        }
    }

    private sealed record Question(object Message)
    {
        public TaskCompletionSource<object> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
