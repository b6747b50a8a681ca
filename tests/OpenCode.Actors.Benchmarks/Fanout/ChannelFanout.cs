using System.Text;
using System.Threading.Channels;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Benchmarks.Fanout;

/// <summary>What most servers do: a task and an unbounded channel per client, each of which makes its own frame of each event.</summary>
internal sealed class ChannelFanout : IFanout
{
    private readonly List<Client> _clients = [];

    public long Deliveries => _clients.Sum(c => c.Frames);

    public Task ConnectAsync(int clients)
    {
        for (var i = 0; i < clients; i++)
            _clients.Add(new Client());
        return Task.CompletedTask;
    }

    public void Publish(EntryDraft draft, int count)
    {
        for (var i = 0; i < count; i++)
        {
            foreach (var client in _clients)
                client.Queue.Writer.TryWrite(draft);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Queue.Writer.Complete();
        await Task.WhenAll(_clients.Select(c => c.Loop));
    }

    private sealed class Client
    {
        private readonly ClientBuffer _buffer = new();
        private readonly byte[] _frame = new byte[2048];
        private long _frames;

        public Client() => Loop = Task.Run(RunAsync);

        public Channel<EntryDraft> Queue { get; } = Channel.CreateUnbounded<EntryDraft>();

        public Task Loop { get; }

        public long Frames => Volatile.Read(ref _frames);

        private async Task RunAsync()
        {
            await foreach (var draft in Queue.Reader.ReadAllAsync())
            {
                var at = "data: "u8.Length;
                "data: "u8.CopyTo(_frame);
                at += Encoding.UTF8.GetBytes(draft.EventId, _frame.AsSpan(at));
                draft.Properties.Span.CopyTo(_frame.AsSpan(at));
                at += draft.Properties.Length;
                "\n\n"u8.CopyTo(_frame.AsSpan(at));
                _buffer.Take(_frame.AsSpan(0, at + 2));
                Volatile.Write(ref _frames, _frames + 1);
            }
        }
    }
}
