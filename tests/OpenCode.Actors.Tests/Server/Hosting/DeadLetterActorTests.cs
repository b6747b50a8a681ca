using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Server.Hosting;
using OpenCode.Actors.Tests.Sessions;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Server.Hosting;

/// <summary>A message that reaches no actor is a mistake of ours, and is seen.</summary>
public sealed class DeadLetterActorTests : HubTestKit
{
    [Fact]
    public void The_first_dead_letter_of_each_type_is_logged()
    {
        using var meters = new CountingMeters();
        Watch(meters);

        Sys.DeadLetters.Tell("one");
        Sys.DeadLetters.Tell("another");
        Sys.DeadLetters.Tell(1);
        RunDry();

        Assert.Equal(2, Logs.Records.Count(r => r.EventId == 1001));
    }

    [Fact]
    public void What_the_nodes_of_a_cluster_repeat_by_themselves_is_none()
    {
        using var meters = new CountingMeters();
        Watch(meters);

        Sys.DeadLetters.Tell(Akka.DistributedData.GetReplicaCount.Instance);
        RunDry();

        Assert.DoesNotContain(Logs.Records, r => r.EventId == 1001);
    }

    private void Watch(CountingMeters meters)
    {
        var metrics = new ActorMetrics(meters);
        var logger = Logs.CreateLogger<DeadLetterActor>();
        Spawn(Props.Create(() => new DeadLetterActor(metrics, logger)), "dead-letters");
        RunDry();
    }
}
