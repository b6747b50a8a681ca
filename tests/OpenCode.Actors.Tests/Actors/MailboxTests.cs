using OpenCode.Actors.Mailboxes;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §6: mailboxes.</summary>
public sealed class MailboxTests : ActorKit
{
    private readonly List<object> _seen = [];

    [Fact]
    public void The_default_mailbox_takes_a_thousand_messages_and_rejects_the_next()
    {
        var actor = Spawn(TestActor.PropsFor((_, message) => _seen.Add(message)));

        for (var i = 0; i < 1_001; i++)
            actor.Tell(i);
        RunDry();

        Assert.Equal(Enumerable.Range(0, 1_000).Cast<object>(), _seen);
        Assert.Equal(1, System.DeadLetterCount);
    }

    [Theory]
    [InlineData(OverflowPolicy.Reject, new[] { 1, 2, 3 }, 4)]
    [InlineData(OverflowPolicy.DropOldest, new[] { 2, 3, 4 }, 1)]
    [InlineData(OverflowPolicy.DropNewest, new[] { 1, 2, 4 }, 3)]
    public void A_full_mailbox_loses_what_its_policy_says(OverflowPolicy policy, int[] handled, int lost)
    {
        var probe = CreateProbe();
        System.EventStream.Subscribe<DeadLetter>(probe.Ref);
        var actor = Spawn(TestActor.PropsFor((_, message) => _seen.Add(message)).WithMailbox(MailboxOptions.Bounded(3, policy)));

        for (var i = 1; i <= 4; i++)
            actor.Tell(i);
        RunDry();

        Assert.Equal(handled, _seen.Cast<int>());
        Assert.Equal(new DeadLetter(lost, null, actor, DeadLetterReason.MailboxFull), probe.Expect<DeadLetter>());
    }

    [Fact]
    public void A_conflating_mailbox_keeps_the_newest_message_of_a_key_in_the_place_of_the_oldest()
    {
        var actor = Spawn(TestActor.PropsFor((_, message) => _seen.Add(message))
            .WithMailbox(MailboxOptions.Conflating(message => message is (string key, int) ? key : null, capacity: 3)));

        actor.Tell(("a", 1));
        actor.Tell("no key");
        actor.Tell(("b", 1));
        actor.Tell(("a", 2));
        actor.Tell(("c", 1)); // No room for another key.
        RunDry();
        actor.Tell(("a", 3));
        RunDry();

        Assert.Equal([("a", 2), "no key", ("b", 1), ("a", 3)], _seen);
        Assert.Equal(1, System.DeadLetterCount);
    }

    [Fact]
    public void A_mailbox_with_the_policy_fail_makes_its_actor_fail_once()
    {
        var actor = Spawn(TestActor.PropsFor((_, message) => _seen.Add(message)).WithMailbox(MailboxOptions.Bounded(2, OverflowPolicy.Fail)));
        RunDry();

        ExpectLog<MailboxOverflowException>(() =>
        {
            for (var i = 1; i <= 3; i++)
                actor.Tell(i);
        });

        Assert.Equal([1, 2], _seen); // Restarted, with its mailbox.
    }

    [Fact]
    public async Task Who_asks_a_full_mailbox_is_told_at_once()
    {
        var actor = Spawn(TestActor.PropsFor((_, _) => { }).WithMailbox(MailboxOptions.Bounded(1)));
        actor.Tell("fills it");

        var answer = actor.Ask<string>("question", TimeSpan.FromSeconds(1));

        var overflow = await Assert.ThrowsAsync<MailboxOverflowException>(() => answer);
        Assert.Equal(1, overflow.Capacity);
    }

    [Fact]
    public void A_poison_pill_gets_into_a_full_mailbox()
    {
        var probe = CreateProbe();
        var actor = Spawn(TestActor.PropsFor((_, _) => { }).WithMailbox(MailboxOptions.Bounded(1)));
        probe.Watch(actor);
        actor.Tell("fills it");

        actor.Tell(PoisonPill.Instance);

        probe.ExpectTerminated(actor);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_outside_caller_waits_for_room_and_its_messages_keep_their_order(bool dropping)
    {
        var mailbox = dropping ? MailboxOptions.Conflating(_ => null, 2) : MailboxOptions.Bounded(2);
        var actor = Spawn(TestActor.PropsFor((_, message) => _seen.Add(message)).WithMailbox(mailbox));

        await actor.OfferAsync(1);
        await actor.OfferAsync(2);
        var third = actor.OfferAsync(3).AsTask();
        Assert.False(third.IsCompleted);

        await RunDryAsync();
        await RunUntilAsync(third);
        await RunDryAsync();

        Assert.Equal([1, 2, 3], _seen);
        Assert.Equal(0, System.DeadLetterCount);
    }

    [Fact]
    public async Task An_outside_caller_stops_waiting_when_it_is_cancelled_or_the_actor_ends()
    {
        var actor = Spawn(TestActor.PropsFor((_, _) => { }).WithMailbox(MailboxOptions.Bounded(1)));
        actor.Tell("fills it");
        using var cancellation = new CancellationTokenSource();

        var cancelled = actor.OfferAsync("a", cancellation.Token).AsTask();
        var left = actor.OfferAsync("b").AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled);

        System.Stop(actor);
        await Assert.ThrowsAsync<TargetTerminatedException>(() => RunUntilAsync(left));
        await Assert.ThrowsAsync<TargetTerminatedException>(() => actor.OfferAsync("c").AsTask());
    }

    [Fact]
    public async Task Offers_from_many_threads_to_a_small_mailbox_on_the_pool_all_arrive()
    {
        const int Callers = 4, Each = 5_000;
        await using var system = ActorSystem.Create("pool");
        var count = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = system.ActorOf(TestActor.PropsFor((_, _) =>
        {
            if (++count == Callers * Each)
                done.SetResult();
        }).WithMailbox(MailboxOptions.Bounded(4)));

        await Task.WhenAll(Enumerable.Range(0, Callers).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Each; i++)
                await actor.OfferAsync(i);
        }))).WaitAsync(TimeSpan.FromSeconds(60));

        await done.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(0, system.DeadLetterCount);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(100)]
    public void The_bound_is_exact_however_often_the_mailbox_was_full(int capacity)
    {
        var mailbox = MailboxOptions.Bounded(capacity).Create();
        int sent = 0, taken = 0;

        for (var round = 0; round < 300; round++)
        {
            while (mailbox.TryEnqueue(new Envelope(sent, null), out var lost))
            {
                sent++;
                Assert.Null(lost.Message);
            }

            Assert.Equal(capacity, sent - taken);
            for (var n = round % capacity; n >= 0; n--)
                Assert.Equal(taken++, mailbox.Dequeue().Message);
        }
    }

    [Fact]
    public async Task What_many_threads_get_into_a_small_mailbox_comes_out_once_and_in_the_order_of_each()
    {
        const int Threads = 4, Each = 50_000;
        var mailbox = MailboxOptions.Bounded(5).Create();
        var taken = new int[Threads];

        var senders = Enumerable.Range(0, Threads).Select(sender => Task.Factory.StartNew(
            () =>
            {
                for (var number = 1; number <= Each; number++)
                {
                    if (number % 100 == 0)
                        mailbox.ForceEnqueue(new Envelope((sender, number), null)); // As a cell does: beyond the bound.
                    else
                        SpinWait.SpinUntil(() => mailbox.TryEnqueue(new Envelope((sender, number), null), out _));
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)).ToList();
        var receiver = Task.Factory.StartNew(
            () =>
            {
                for (var left = Threads * Each; left > 0; left--)
                {
                    Envelope envelope = default;
                    SpinWait.SpinUntil(() => !(envelope = mailbox.Dequeue()).IsNone);
                    var (sender, number) = ((int, int))envelope.Message;
                    Assert.Equal(++taken[sender], number);
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

        await Task.WhenAll([.. senders, receiver]).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.True(mailbox.IsEmpty);
    }
}
