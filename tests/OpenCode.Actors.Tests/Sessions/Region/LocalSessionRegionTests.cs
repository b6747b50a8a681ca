using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Actors;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Metrics;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Region;

/// <summary>The region alone, with sessions that are probes: it starts, buffers, stops and refuses, and knows nothing else.</summary>
public sealed class LocalSessionRegionTests : HubTestKit
{
    private static readonly SessionId _id = new("ses_1");

    private readonly CountingMeters _meters = new();
    private readonly List<string> _started = [];
    private readonly HubProbe _session;
    private readonly HubProbe _client;
    private readonly IActorRef _region;

    public LocalSessionRegionTests()
    {
        (_session, _client) = (CreateProbe("session"), CreateProbe("client"));
        _region = Spawn(LocalSessionRegion.PropsFor(
            id => Props.CreateBy(new ActorProducer<Session>(() => new Session(id, _started, _session.Ref))),
            Time,
            new SessionMetrics(_meters),
            Logs.CreateLogger<LocalSessionRegion>()));
    }

    [Fact]
    public void The_first_message_starts_the_session_and_all_go_to_it_in_order()
    {
        foreach (var command in (string[])["one", "two", "three"])
            _client.Send(_region, new Deliver(_id, command));

        Assert.Equal("one", _session.Expect<string>());
        Assert.Equal("two", _session.Expect<string>());
        Assert.Equal("three", _session.Expect<string>());
        Assert.Equal(["ses_1"], _started);
    }

    [Fact]
    public void A_session_answers_the_sender_of_its_command()
    {
        _client.Send(_region, new Deliver(_id, "ask"));

        Assert.Equal("answer", _client.Expect<string>());
        Assert.Equal("ses_1", _client.LastSender.Path.Name);
    }

    [Fact]
    public void What_comes_while_a_session_leaves_starts_it_again()
    {
        _client.Send(_region, new Deliver(_id, "hold"));
        _client.Send(_region, new Deliver(_id, "leave"));
        Assert.Equal("hold", _session.Expect<string>());
        Assert.Equal("leave", _session.Expect<string>());
        var leaving = _session.LastSender;
        _client.Send(_region, new Deliver(_id, "one"));
        _client.Send(_region, new Deliver(_id, "two"));
        _session.ExpectNothing(TimeSpan.FromMinutes(1));

        Sys.Stop(leaving);

        Assert.Equal("one", _session.Expect<string>());
        Assert.Equal("two", _session.Expect<string>());
        Assert.Equal(["ses_1", "ses_1"], _started);
        Assert.Empty(DeadLetters);
    }

    [Fact]
    public void A_session_that_throws_is_stopped_counted_and_started_anew_at_its_next_message()
    {
        ExpectLog<TimeoutException>(() => _client.Send(_region, new Deliver(_id, "throw")));
        Assert.Equal(["ses_1"], _started);

        _client.Send(_region, new Deliver(_id, "again"));

        Assert.Equal("throw", _session.Expect<string>());
        Assert.Equal("again", _session.Expect<string>());
        Assert.Equal(["ses_1", "ses_1"], _started);
        Assert.Equal(1, _meters.Count("opencode.actors.restarts session"));
    }

    [Theory]
    [InlineData("throw")]
    [InlineData("fail")]
    public void Three_failures_within_a_minute_refuse_a_session_until_the_first_is_a_minute_ago(string failing)
    {
        for (var i = 0; i < 3; i++)
        {
            _client.Send(_region, new Deliver(_id, failing));
            Time.Advance(TimeSpan.FromSeconds(20));
        }

        Assert.Equal(3, _started.Count); // A minute after the first: nothing is refused.
        _client.Send(_region, new Deliver(_id, failing));
        RunDry();
        _client.Send(_region, new Deliver(_id, "refused"));
        Assert.Equal(TimeSpan.FromSeconds(20), _client.Expect<Unavailable>().RetryAfter);
        _client.Send(_region, new Deliver(_id, new Wake()));
        Assert.Equal(new Awake(_id), _client.Expect<Awake>());
        Assert.Equal(4, _started.Count);

        Time.Advance(TimeSpan.FromSeconds(20));
        _client.Send(_region, new Deliver(_id, "ask"));
        Assert.Equal("answer", _client.Expect<string>());
    }

    [Fact]
    public void A_refused_session_harms_no_other()
    {
        for (var i = 0; i < 3; i++)
            _client.Send(_region, new Deliver(_id, "fail"));

        _client.Send(_region, new Deliver(new SessionId("ses_2"), "ask"));

        Assert.Equal("answer", _client.FishFor<string>());
    }

    [Fact]
    public void Quiesce_is_answered_when_every_session_is_quiet_or_gone()
    {
        _client.Send(_region, new Deliver(_id, "hold"));
        _client.Send(_region, new Deliver(new SessionId("ses_2"), "one"));
        RunDry();

        _client.Send(_region, new LocalSessionRegion.Quiesce());
        _client.ExpectNothing(TimeSpan.FromMinutes(1));
        _client.Send(_region, new Deliver(_id, "throw"));

        _client.Expect<LocalSessionRegion.Quiesced>();
    }

    [Fact]
    public void A_session_that_starts_after_quiesce_hears_of_it_first()
    {
        _client.Send(_region, new LocalSessionRegion.Quiesce());
        _client.Expect<LocalSessionRegion.Quiesced>();

        _client.Send(_region, new Deliver(_id, "late"));

        _session.Expect<Quiesce>();
        Assert.Equal("late", _session.Expect<string>());
    }

    // A session that does as its commands say, and shows them to the test.
    private sealed class Session : ReceiveActor
    {
        private bool _holds;

        public Session(SessionId id, List<string> started, IActorRef probe)
        {
            started.Add(id.Value);
            Receive<Leave>(_ => OnLeave());
            Receive<Quiesce>(m => OnQuiesce(m, probe));
            Receive<string>(command => On(command, probe));
        }

        private void OnLeave()
        {
            if (!_holds)
                Context.Stop(Self);
        }

        private void OnQuiesce(Quiesce message, IActorRef probe)
        {
            probe.Tell(message);
            if (!_holds)
                Sender.Tell(new Quiesced());
        }

        private void On(string command, IActorRef probe)
        {
            probe.Tell(command);
            switch (command)
            {
                case "ask":
                    Sender.Tell("answer");
                    break;
                case "hold":
                    _holds = true;
                    break;
                case "leave":
                    Context.Parent.Tell(new Passivate(new Leave()));
                    break;
                case "fail":
                    Context.Parent.Tell(new Passivate(new Leave(new TimeoutException("planned"))));
                    break;
                case "throw":
                    throw new TimeoutException("planned");
                default:
                    break;
            }
        }
    }
}
