using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>Promises 1 and 2: in order, once, over reconnects at any frame; whatever the ring has forgotten meanwhile.</summary>
public sealed class ReconnectTests
{
    public static TheoryData<ulong> Seeds => [.. Enumerable.Range(1, 40).Select(i => (ulong)i)];

    [Fact]
    public void A_client_cut_after_every_single_frame_sees_everything_once_and_in_order()
    {
        using var run = new Scenario(seed: 7, ringBytes: 30_000);
        run.Publish(60);
        foreach (var kind in Enum.GetValues<StreamKind>())
        {
            var client = run.NewClient(kind, Scenario.StartOfLog);
            while (!client.HasAll)
                client.Connect(framesUntilCut: 2); // server.connected and one more.

            client.Check();
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Clients_cut_anywhere_see_everything_that_they_select_once_and_in_order(ulong seed)
    {
        using var run = new Scenario(seed, ringBytes: null);
        run.Play(steps: 150);
    }

    /// <summary>A log, publishers and clients that are all driven by one seed.</summary>
    private sealed class Scenario : StreamsKit
    {
        private static readonly string?[] _locations = ["/a", "/b", null];
        private static readonly string?[] _sessions = [null, "ses_1", "ses_2"];
        private static readonly int[] _rings = [2_000, 20_000, 1_000_000];

        private readonly SeededEntropy _choice;
        private readonly ulong _seed;
        private readonly List<Client> _clients = [];
        private readonly Dictionary<string, long> _sequences = [];

        public Scenario(ulong seed, long? ringBytes)
            : base(seed)
        {
            _seed = seed;
            _choice = new SeededEntropy(seed * 31);
            Options.RingBytes = ringBytes ?? _rings[_choice.Next(_rings.Length)];
            Journal.PageEntries = 1 + _choice.Next(40);
            if (ringBytes is null)
                Publish(_choice.Next(30)); // Behind the ring from the start.
            Start();
        }

        public static string StartOfLog { get; } = "AbCdEf12.1-0";

        public void Play(int steps)
        {
            for (var i = 0; i < 6; i++)
                _clients.Add(NewClient((StreamKind)(i % 3), i < 3 ? StartOfLog : null));

            for (var step = 0; step < steps; step++)
            {
                var client = _clients[_choice.Next(_clients.Count)];
                switch (_choice.Next(6))
                {
                    case 0 or 1:
                        Publish(1 + _choice.Next(12));
                        break;
                    case 2 or 3:
                        client.Reconnect(_choice.Next(4) == 0 ? int.MaxValue : _choice.Next(12));
                        break;
                    case 4:
                        client.Writer.Holds = _choice.Next(2) == 0;
                        client.ReleaseIfHeld();
                        break;
                    default:
                        Time.Advance(TimeSpan.FromSeconds(_choice.Next(9)));
                        break;
                }

                Run();
            }

            foreach (var client in _clients)
            {
                client.Reconnect(int.MaxValue);
                Run();
                client.Check();
            }
        }

        public void Publish(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var location = _locations[_choice.Next(_locations.Length)];
                var session = _sessions[_choice.Next(_sessions.Length)];
                var bytes = _choice.Next(10) == 0 ? 3_000 : 20 + _choice.Next(200);
                if (session is not null && _choice.Next(2) == 0)
                {
                    var sequence = _sequences.GetValueOrDefault(session);
                    _sequences[session] = sequence + 1;
                    Journal.Append(Journal.DurableEvent(session, sequence, location, bytes));
                }
                else
                {
                    Journal.Append(Journal.Event(location, session, bytes));
                }
            }

            Run();
        }

        public Client NewClient(StreamKind kind, string? cursor) => new(this, kind, cursor);

        /// <summary>An SSE client that comes back with its last id, and what it saw over all its connections.</summary>
        public sealed class Client
        {
            private readonly Scenario _run;
            private readonly StreamKind _kind;
            private readonly List<string> _seen = [];
            private string? _cursor;
            private long _begin = -1;
            private IActorRef? _actor;

            public Client(Scenario run, StreamKind kind, string? cursor)
            {
                _run = run;
                _kind = kind;
                _cursor = cursor;
                _begin = cursor is null ? run.Journal.Head : 0;
                if (cursor is null)
                    Connect(int.MaxValue);
            }

            public RecordingSseWriter Writer { get; private set; } = new();

            public bool HasAll => _seen.Count + Writer.LogEvents.Count() >= Expected().Count;

            private EntryFilter Filter => _kind switch
            {
                StreamKind.Bare => new EntryFilter(Location: "/a"),
                StreamKind.Session => new EntryFilter(SessionId: "ses_1"),
                _ => EntryFilter.All,
            };

            public void Connect(int framesUntilCut)
            {
                Leave();
                Writer = new RecordingSseWriter { CutAfterFrames = framesUntilCut };
                var request = _kind switch
                {
                    StreamKind.Bare => Bare(Writer, _cursor),
                    StreamKind.Session => OfSession(Writer, "ses_1", _cursor),
                    _ => Wrapped(Writer, _cursor),
                };
                _actor = _run.Connect(request);
            }

            public void Reconnect(int framesUntilCut) => Connect(framesUntilCut);

            public void ReleaseIfHeld()
            {
                if (Writer.IsWriting)
                    Writer.Release();
            }

            public void Check()
            {
                Leave();
                Assert.Equal(Expected(), _seen);
            }

            private void Leave()
            {
                _actor?.Tell(new SseClientActor.Disconnect());
                _run.Run();
                Assert.DoesNotContain(Writer.Events, e => e.Type == "hub.gap");
                _seen.AddRange(Writer.LogEvents.Select(e => $"{e.EventId} {e.Type}"));
                if (Writer.LastEventId.Length > 0)
                    _cursor = Writer.LastEventId;
                Writer = new RecordingSseWriter();
            }

            private List<string> Expected()
            {
                var expected = new List<string>();
                foreach (var entry in _run.Journal.Entries.Where(e => e.Offset > _begin && Filter.Matches(e)))
                {
                    expected.Add($"{entry.EventId} {entry.Type}");
                    if (_kind == StreamKind.Wrapped && entry.Sequence >= 0)
                        expected.Add($"{entry.EventId} sync");
                }

                return expected;
            }
        }

        public override string ToString() => $"seed {_seed}";
    }
}
