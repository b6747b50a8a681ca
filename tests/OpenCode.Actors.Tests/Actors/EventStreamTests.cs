using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

public sealed class EventStreamTests : ActorKit
{
    [Fact]
    public void A_subscriber_gets_what_is_of_its_type_or_derived_from_it_until_it_unsubscribes()
    {
        var probe = CreateProbe();
        System.EventStream.Subscribe<Exception>(probe.Ref);
        System.EventStream.Subscribe<Exception>(probe.Ref); // Twice is once.
        System.EventStream.Subscribe<IComparable>(probe.Ref);

        System.EventStream.Publish(new InvalidOperationException());
        System.EventStream.Publish("comparable");
        System.EventStream.Publish(new object());
        probe.Expect<InvalidOperationException>();
        probe.Expect("comparable");
        probe.ExpectNothing();

        System.EventStream.Unsubscribe(probe.Ref);
        System.EventStream.Publish("comparable");
        probe.ExpectNothing();
    }

    [Fact]
    public void A_subscriber_that_has_ended_gets_nothing_and_makes_no_dead_letters()
    {
        var actor = Spawn(TestActor.PropsFor((_, _) => { }));
        System.EventStream.Subscribe<string>(actor);
        RunDry();
        System.Stop(actor);
        RunDry();

        System.EventStream.Publish("x");

        Assert.Equal(0, System.DeadLetterCount);
    }
}
