using Akka.Actor;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>A client that is far behind and takes all at once does not keep a thread of the dispatcher to itself.</summary>
public sealed class FairnessTests : StreamsKit
{
    [Fact]
    public void After_a_few_runs_the_next_actor_has_its_turn()
    {
        Start();
        for (var i = 0; i < 400; i++)
            Append(Journal.Event(bytes: 60_000)); // Four in a run: a hundred runs.
        var writer = new RecordingSseWriter();
        var turns = new List<int>();
        var other = Spawn(Props.CreateBy(new ActorProducer<Other>(() => new Other(() => turns.Add(writer.Writes)))));

        Connect(Wrapped(writer, Id(0)));

        Assert.Equal(400, writer.LogEvents.Count());
        Assert.True(writer.Writes > 100);
        Assert.All(turns.Zip(turns.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 0, 5));
        Sys.Stop(other);
    }

    // Has a turn whenever the dispatcher gives it one.
    private sealed class Other : UntypedActor
    {
        private readonly Action _onTurn;
        private int _turns;

        public Other(Action onTurn)
        {
            _onTurn = onTurn;
            Self.Tell("turn");
        }

        protected override void OnReceive(object message)
        {
            _onTurn();
            if (++_turns < 500)
                Self.Tell("turn");
        }
    }
}
