using System.Diagnostics;
using System.Net.Sockets;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>A client that expects every event of its stream once and in order, from whichever node: it comes back with its last id, to any of them.</summary>
/// <remarks>All events of the test are of one location, so the positions it sees have to be dense.</remarks>
internal sealed class Observer(IReadOnlyList<FaultyNode> nodes, History history, int seed)
{
    // Some events in each read: with 300 clients in the one process of the test, their reads would take a good part of the machine that the nodes are to have.
    private static readonly TimeSpan _betweenReads = TimeSpan.FromMilliseconds(50);

    private readonly Random _random = new(seed);
    private string? _id;

    /// <summary>Gets the nodes to which it goes when its first stream is lost; by default those of the first.</summary>
    public IReadOnlyList<FaultyNode>? Others { get; init; }

    /// <summary>Gets the position it has all up to; -1 before the first connection.</summary>
    public long Through { get; private set; } = -1;

    public int Connections { get; private set; }

    public int Events { get; private set; }

    /// <summary>Gets when (a timestamp) its stream was lost the last time, and the node it was from.</summary>
    public (long At, FaultyNode Node)? Lost { get; private set; }

    /// <summary>Gets when (a timestamp) it had its present stream.</summary>
    public long Since { get; private set; }

    /// <summary>Listens until it is cancelled.</summary>
    public async Task ListenAsync(CancellationToken leave)
    {
        while (!leave.IsCancellationRequested)
        {
            try
            {
                var choice = Connections > 0 && Others is not null ? Others : nodes;
                var node = choice[_random.Next(choice.Count)];
                await using var stream = await SseClient.ConnectAsync(node.Root, lastEventId: _id, onFrame: Take, pause: _betweenReads);
                if (stream.Response.Status == 200)
                {
                    (Connections, Since) = (Connections + 1, Stopwatch.GetTimestamp());
                    await Task.WhenAny(stream.Ended, Task.Delay(Timeout.Infinite, leave));
                    Lost = leave.IsCancellationRequested ? Lost : (Stopwatch.GetTimestamp(), node);
                }
            }
            catch (Exception e) when (e is SocketException or IOException or OperationCanceledException or EndOfStreamException)
            {
                // A node that is down, frozen or on its way down: the next try is at another.
            }

            await Task.Delay(_random.Next(200, 400), CancellationToken.None);
        }
    }

    private void Take(SseFrame frame)
    {
        if (frame.Id is null)
        {
            if (frame.Data.Contains("\"hub.gap\"", StringComparison.Ordinal))
                history.Blame($"A gap without an id at {Through}: {frame.Data}");

            return;
        }

        var offset = frame.Offset;
        if (frame.Data.Contains("\"type\":\"server.", StringComparison.Ordinal))
        {
            // Connected and heartbeats: they carry how far the stream is.
            if (Through >= 0 && offset != Through)
                history.Blame($"A frame of the stream says {offset} to a client at {Through}: {frame.Data}");

            (Through, _id) = (offset, frame.Id);
            return;
        }

        if (offset != Through + 1)
            history.Blame($"After position {Through} came {offset}: {frame.Data[..Math.Min(frame.Data.Length, 200)]}");

        history.Seen(offset, frame.Data);
        (Through, _id) = (offset, frame.Id);
        Events++;
    }
}
