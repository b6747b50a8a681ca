using Microsoft.Extensions.Logging;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §1.</summary>
public sealed class SendingTests : ActorKit
{
    [Fact]
    public async Task Tell_never_blocks_and_never_throws_for_a_dead_full_or_foreign_target()
    {
        var dead = Spawn(TestActor.PropsFor((_, _) => { }));
        System.Stop(dead);
        await RunDryAsync();
        var full = Spawn(TestActor.PropsFor((_, _) => { }).WithMailbox(MailboxOptions.Bounded(1)));
        await using var elsewhere = ActorSystem.Create("elsewhere");
        var foreign = elsewhere.ActorOf(TestActor.PropsFor((_, _) => { }));

        dead.Tell("x");
        full.Tell("x");
        full.Tell("too much");
        foreign.Tell("x", full);
        System.DeadLetters.Tell("x");

        Assert.Equal(3, System.DeadLetterCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void What_one_sender_sends_to_one_receiver_is_delivered_in_sending_order(ulong seed)
    {
        using var kit = new SeededKit(seed);
        var seen = new List<(int Sender, int Number)>();
        var receiver = kit.Spawn(TestActor.PropsFor((_, message) => seen.Add(((int, int))message)).WithMailbox(MailboxOptions.Unbounded));
        var senders = Enumerable.Range(0, 5).Select(sender => kit.Spawn(TestActor.PropsFor((_, message) => receiver.Tell((sender, (int)message))))).ToList();

        for (var number = 0; number < 200; number++)
            senders.ForEach(sender => sender.Tell(number));
        kit.RunDry();

        Assert.Equal(1_000, seen.Count);
        foreach (var sender in seen.GroupBy(s => s.Sender))
            Assert.Equal(Enumerable.Range(0, 200), sender.Select(s => s.Number));
    }

    [Theory]
    [InlineData("bounded")]
    [InlineData("unbounded")]
    [InlineData("dropping")]
    public async Task Handling_of_a_message_happens_before_the_handling_of_the_next_so_fields_need_no_locks(string mailbox)
    {
        const int Senders = 4, Each = 50_000;
        await using var system = ActorSystem.Create("pool");
        var count = 0;
        var inside = 0;
        var overlaps = 0;
        var last = new int[Senders];
        var outOfOrder = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = system.ActorOf(TestActor.PropsFor((_, message) =>
        {
            if (Interlocked.Increment(ref inside) != 1)
                overlaps++;
            var (sender, number) = ((int, int))message;
            if (number != last[sender] + 1)
                outOfOrder++;
            last[sender] = number;
            Interlocked.Decrement(ref inside);
            if (++count == Senders * Each)
                done.SetResult();
        }).WithMailbox(mailbox switch
        {
            "unbounded" => MailboxOptions.Unbounded,
            "dropping" => MailboxOptions.Bounded(int.MaxValue, OverflowPolicy.DropOldest),
            _ => MailboxOptions.Bounded(int.MaxValue),
        }));

        var threads = Enumerable.Range(0, Senders).Select(sender => new Thread(() =>
        {
            for (var number = 1; number <= Each; number++)
                actor.Tell((sender, number));
        })).ToList();
        threads.ForEach(thread => thread.Start());

        // The count is exact at the end only if no wake-up was lost and no increment was torn.
        await done.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, overlaps);
        Assert.Equal(0, outOfOrder);
    }

    [Fact]
    public void A_restart_keeps_the_ref_and_a_new_actor_at_the_same_path_has_a_new_uid()
    {
        var actor = Spawn(TestActor.PropsFor((_, _) => { }), "a");
        ExpectLog<InvalidOperationException>(() => actor.Do(_ => throw new InvalidOperationException()));
        IActorRef self = null!;
        actor.Do(a => self = a.Self);
        RunDry();
        Assert.Equal(actor, self);

        System.Stop(actor);
        RunDry();
        var next = Spawn(TestActor.PropsFor((_, _) => { }), "a");

        Assert.Equal(actor.Path.ToStringWithoutUid(), next.Path.ToStringWithoutUid());
        Assert.NotEqual(actor, next);
        Assert.NotEqual(actor.Path, next.Path);
        actor.Tell("x");
        Assert.Equal(1, System.DeadLetterCount);
    }

    [Fact]
    public void What_cannot_be_delivered_is_published_with_its_reason()
    {
        var probe = CreateProbe();
        System.EventStream.Subscribe<DeadLetter>(probe.Ref);
        var stopped = Spawn(TestActor.PropsFor((_, _) => { }));
        System.Stop(stopped);
        RunDry();
        var full = Spawn(TestActor.PropsFor((_, _) => { }).WithMailbox(MailboxOptions.Bounded(1)));

        stopped.Tell("late", probe.Ref);
        full.Tell("fits");
        full.Tell("too much");
        System.DeadLetters.Tell("nobody");

        Assert.Equal(new DeadLetter("late", probe.Ref, stopped, DeadLetterReason.Stopped), probe.Expect<DeadLetter>());
        Assert.Equal(new DeadLetter("too much", null, full, DeadLetterReason.MailboxFull), probe.Expect<DeadLetter>());
        Assert.Equal(new DeadLetter("nobody", null, System.DeadLetters, DeadLetterReason.NotFound), probe.Expect<DeadLetter>());
    }

    [Fact]
    public void Dead_letters_are_always_counted_but_logged_ten_times_and_then_silent_for_five_minutes()
    {
        for (var i = 0; i < 25; i++)
            System.DeadLetters.Tell(i);

        Assert.Equal(25, System.DeadLetterCount);
        Assert.Equal(10, Logged());

        Time.Advance(TimeSpan.FromMinutes(5) - TimeSpan.FromTicks(1));
        System.DeadLetters.Tell("still silent");
        Assert.Equal(10, Logged());

        Time.Advance(TimeSpan.FromTicks(1));
        System.DeadLetters.Tell("again");
        Assert.Equal(11, Logged());
        Assert.Contains(Logs.Records, r => r.Message.StartsWith("16 dead letters were not logged", StringComparison.Ordinal));

        int Logged() => Logs.Records.Count(r => r.EventId == 1014);
    }

    [Fact]
    public void Dead_letters_marked_as_noise_are_counted_only()
    {
        var probe = CreateProbe();
        System.EventStream.Subscribe<DeadLetter>(probe.Ref);

        System.DeadLetters.Tell(new Noise());

        Assert.Equal(1, System.DeadLetterCount);
        probe.ExpectNothing();
        Assert.DoesNotContain(Logs.Records, r => r.EventId == 1014);
    }

    [Fact]
    public void A_dead_letter_for_a_dead_subscriber_does_not_go_round()
    {
        var subscriber = Spawn(TestActor.PropsFor((_, _) => { }));
        System.EventStream.Subscribe<DeadLetter>(subscriber);
        System.Stop(subscriber);

        System.DeadLetters.Tell("x");
        RunDry();

        // The message itself, and its announcement that met a mailbox about to close.
        Assert.Equal(2, System.DeadLetterCount);
    }

    [Fact]
    public void A_message_no_behaviour_knows_is_published_and_is_no_failure()
    {
        var probe = CreateProbe();
        System.EventStream.Subscribe<UnhandledMessage>(probe.Ref);
        var actor = Spawn(Props.Create(() => new TestActor()));

        probe.Send(actor, "what?");

        Assert.Equal(new UnhandledMessage("what?", probe.Ref, actor), probe.Expect<UnhandledMessage>());
        Assert.DoesNotContain(Logs.Records, r => r.Level >= LogLevel.Warning);
    }

    [Fact]
    public void A_name_is_unique_among_living_siblings_and_cannot_break_a_path()
    {
        Spawn(TestActor.PropsFor((_, _) => { }), "a");

        Assert.Throws<ActorNameException>(() => Spawn(TestActor.PropsFor((_, _) => { }), "a"));
        foreach (var bad in (string[])["", "a/b", "a#1", "$a"])
            Assert.Throws<ActorNameException>(() => Spawn(TestActor.PropsFor((_, _) => { }), bad));
        var generated = Enumerable.Range(0, 1_000).Select(_ => Spawn(TestActor.PropsFor((_, _) => { })).Path.Name).ToList();
        Assert.Equal(1_000, generated.Distinct(StringComparer.Ordinal).Count());
    }

    private sealed record Noise : IDeadLetterNoise;
}

/// <summary>A kit whose order of turns comes from a seed.</summary>
internal sealed class SeededKit(ulong seed) : ActorKit(seed);
