using Akka.Actor;
using Akka.Cluster;
using OpenCode.Actors.Clustering.Peers;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Clustering.Peers;

/// <summary>Rule "Order barrier" over nodes: probes stand for the hub of this node and for the actors of the others.</summary>
public abstract class PeerStreamsKit : HubTestKit
{
    private protected static readonly StreamHubActor.WaitFlushed Wait = new("/a", 7);
    private protected static readonly StreamHubActor.Flushed Flushed = new("/a", 7);
    private protected static readonly PeerStreamsActor.WaitHere WaitHere = new("/a", 7);

    private protected static readonly UniqueAddress B = Node("b");
    private protected static readonly UniqueAddress C = Node("c");

    private protected HubProbe Endpoint { get; }

    private protected HubProbe Hub { get; }

    private protected HubProbe AtB { get; }

    private protected HubProbe AtC { get; }

    private protected IActorRef Streams { get; }

    protected PeerStreamsKit()
    {
        (Endpoint, Hub, AtB, AtC) = (CreateProbe("endpoint"), CreateProbe("hub"), CreateProbe("b"), CreateProbe("c"));
        Streams = Spawn(PeerStreamsActor.PropsFor(Hub.Ref, members: null, Time, Logs), PeerStreamsActor.ActorName);
    }

    private protected TimeSpan Elapsed => new(Time.GetTimestamp());

    private static UniqueAddress Node(string host) => new(new Address("akka.ssl.tcp", "opencode", host, 7096), 1);

    private protected void Up()
    {
        Tell(new PeerStreamsActor.PeerUp(B, AtB.Ref));
        Tell(new PeerStreamsActor.PeerUp(C, AtC.Ref));
    }

    private protected void Tell(object message)
    {
        Streams.Tell(message, ActorRefs.NoSender);
        RunDry();
    }

    private protected void Ask()
    {
        Endpoint.Send(Streams, Wait);
        RunDry();
    }

    private protected void Answer(params HubProbe[] asked)
    {
        foreach (var probe in asked)
            Say(probe, Flushed);
    }

    private protected void Say(HubProbe probe, object answer)
    {
        probe.Expect<object>(message => message.Equals(Wait) || message.Equals(WaitHere), TimeSpan.Zero);
        probe.Reply(answer);
        RunDry();
    }
}
