using Akka.Actor;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

/// <summary>Streams of a node: answers a wait when the test lets it.</summary>
internal sealed class TestHub : ReceiveActor
{
    private readonly List<(StreamHubActor.WaitFlushed Wait, IActorRef Asker)> _waits = [];
    private readonly List<StreamHubActor.DisposeLocation> _disposed = [];
    private bool _isHeld;

    public TestHub()
    {
        Receive<StreamHubActor.WaitFlushed>(wait =>
        {
            _waits.Add((wait, Sender));
            AnswerAll();
        });
        Receive<StreamHubActor.DisposeLocation>(_disposed.Add);
        Receive<Hold>(m =>
        {
            _isHeld = m.IsHeld;
            AnswerAll();
        });
        Receive<CountWaits>(_ => Sender.Tell(_waits.Count));
        Receive<GetDisposed>(_ => Sender.Tell(_disposed.ToArray()));
    }

    public sealed record Hold(bool IsHeld);

    public sealed record CountWaits;

    public sealed record GetDisposed;

    private void AnswerAll()
    {
        if (_isHeld)
            return;

        foreach (var (wait, asker) in _waits)
            asker.Tell(new StreamHubActor.Flushed(wait.Location, wait.Offset));
        _waits.Clear();
    }
}
