using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §6: stash and become.</summary>
public sealed class StashTests : ActorKit
{
    private readonly List<object> _seen = [];

    [Fact]
    public void UnstashAll_puts_the_messages_in_front_of_the_queue_in_arrival_order()
    {
        var probe = CreateProbe();
        var isOpen = false;
        var actor = Spawn(TestActor.PropsFor((a, message) =>
        {
            if (message is "open")
            {
                isOpen = true;
                a.Context.Stash.UnstashAll();
            }
            else if (isOpen)
            {
                _seen.Add((message, a.Sender));
            }
            else
            {
                a.Context.Stash.Stash();
            }
        }));

        probe.Send(actor, 1);
        probe.Send(actor, 2);
        probe.Send(actor, "open");
        probe.Send(actor, 3);
        RunDry();

        Assert.Equal([(1, probe.Ref), (2, probe.Ref), (3, probe.Ref)], _seen.Cast<(object, IActorRef)>());
    }

    [Fact]
    public void A_stash_that_overflows_is_a_failure_and_the_message_a_dead_letter()
    {
        var probe = CreateProbe();
        System.EventStream.Subscribe<DeadLetter>(probe.Ref);
        var actor = Spawn(TestActor.PropsFor((a, _) => a.Context.Stash.Stash()).WithStashCapacity(2).WithMailbox(MailboxOptions.Unbounded));

        ExpectLog<StashOverflowException>(() =>
        {
            for (var i = 1; i <= 3; i++)
                actor.Tell(i);
        });

        Assert.Equal(new DeadLetter(3, null, actor, DeadLetterReason.StashOverflow), probe.Expect<DeadLetter>());
    }

    [Fact]
    public void A_stash_takes_a_thousand_messages_by_default()
    {
        var actor = Spawn(TestActor.PropsFor((a, _) => a.Context.Stash.Stash()).WithMailbox(MailboxOptions.Unbounded));
        for (var i = 0; i < 1_000; i++)
            actor.Tell(i);
        RunDry();
        Assert.Equal(0, System.DeadLetterCount);

        ExpectLog<StashOverflowException>(() => actor.Tell("one too many"));
    }

    [Fact]
    public void The_same_message_may_not_be_stashed_twice()
    {
        var tries = 0;
        var actor = Spawn(TestActor.PropsFor((a, message) =>
        {
            if (++tries > 1)
            {
                _seen.Add(message); // The restart has put it in front of the mailbox.
                return;
            }

            a.Context.Stash.Stash();
            a.Context.Stash.Stash();
        }));
        var failure = ExpectLog<InvalidOperationException>(() => actor.Tell("m"));

        Assert.Contains("twice", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["m"], _seen);
    }

    [Fact]
    public void A_message_may_be_stashed_again_after_it_came_back()
    {
        var rounds = 0;
        var actor = Spawn(TestActor.PropsFor((a, message) =>
        {
            if (message is "again")
                a.Context.Stash.UnstashAll();
            else if (++rounds < 3)
                a.Context.Stash.Stash();
            else
                _seen.Add(message);
        }));

        actor.Tell("m");
        actor.Tell("again");
        actor.Tell("again");
        RunDry();

        Assert.Equal(["m"], _seen);
    }

    [Fact]
    public void A_stop_empties_the_stash_into_dead_letters()
    {
        var probe = CreateProbe();
        System.EventStream.Subscribe<DeadLetter>(probe.Ref);
        var actor = Spawn(TestActor.PropsFor((a, _) => a.Context.Stash.Stash()));
        actor.Tell(1);
        actor.Tell(2);
        RunDry();

        System.Stop(actor);

        Assert.Equal(new DeadLetter(1, null, actor, DeadLetterReason.Stopped), probe.Expect<DeadLetter>());
        Assert.Equal(new DeadLetter(2, null, actor, DeadLetterReason.Stopped), probe.Expect<DeadLetter>());
    }

    [Fact]
    public void Become_replaces_or_pushes_the_behaviour_and_unbecome_pops()
    {
        var actor = Spawn(TestActor.PropsFor((_, message) => _seen.Add($"first {message}")));
        Func<object, ValueTask> Behaviour(string name) => message =>
        {
            if (message is Action<TestActor>)
                throw new InvalidOperationException("A behaviour gets everything.");
            _seen.Add($"{name} {message}");
            return ValueTask.CompletedTask;
        };

        actor.Do(a =>
        {
            a.Context.Become(Behaviour("second"));
            a.Context.BecomeStacked(Behaviour("third"));
            a.Context.BecomeStacked(message =>
            {
                a.Context.Unbecome();
                return Behaviour("fourth")(message);
            });
        });
        actor.Tell(1);
        actor.Tell(2);
        RunDry();

        Assert.Equal(["fourth 1", "third 2"], _seen);
    }

    [Fact]
    public void Unbecome_goes_down_to_the_first_behaviour_and_no_further()
    {
        var actor = Spawn(TestActor.PropsFor((a, message) =>
        {
            _seen.Add($"first {message}");
            a.Context.Unbecome();
        }));
        actor.Do(a => a.Context.Become(message =>
        {
            _seen.Add($"second {message}");
            a.Context.Unbecome();
            return ValueTask.CompletedTask;
        }));

        actor.Tell(1);
        actor.Tell(2);
        actor.Tell(3);
        RunDry();

        Assert.Equal(["second 1", "first 2", "first 3"], _seen);
    }
}
