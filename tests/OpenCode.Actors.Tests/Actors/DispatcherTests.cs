using System.Collections.Concurrent;

namespace OpenCode.Actors.Tests.Actors;

/// <summary>ACTORS §2: dispatchers. These have threads of their own, so they run in real time.</summary>
public sealed class DispatcherTests : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly ActorSystem _system = ActorSystem.Create("threads", new ActorSystemOptions { BlockingThreads = 2 });

    public ValueTask DisposeAsync() => _system.DisposeAsync();

    [Fact]
    public async Task A_pinned_actor_has_one_thread_of_its_own_also_after_an_await()
    {
        var actor = _system.ActorOf(TestActor.PropsFor(async (a, _) =>
        {
            var before = Environment.CurrentManagedThreadId;
            await Task.Yield();
            a.Sender.Tell((before, Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread));
        }).WithDispatcher("pinned"));

        var first = await actor.Ask<(int, int, bool)>("x", Limit);
        var second = await actor.Ask<(int, int, bool)>("x", Limit);

        Assert.Equal(first.Item1, first.Item2);
        Assert.Equal(first, second);
        Assert.False(first.Item3);
    }

    [Fact]
    public async Task Blocking_actors_share_a_bounded_number_of_threads_and_leave_the_pool_alone()
    {
        var threads = new ConcurrentDictionary<int, bool>();
        using var both = new CountdownEvent(2);
        var actors = Enumerable.Range(0, 10).Select(_ => _system.ActorOf(TestActor.PropsFor((a, _) =>
        {
            threads[Environment.CurrentManagedThreadId] = Thread.CurrentThread.IsThreadPoolThread;
            if (!both.IsSet)
                both.Signal();
            both.Wait(Limit); // Blocks, until two threads are in here.
            a.Sender.Tell("done");
        }).WithDispatcher("blocking"))).ToList();

        await Task.WhenAll(actors.Select(actor => actor.Ask<string>("x", Limit)));

        Assert.Equal(2, threads.Count);
        Assert.All(threads.Values, Assert.False);
    }

    [Fact]
    public async Task A_pinned_actor_that_has_ended_still_answers_a_late_watch()
    {
        var actor = _system.ActorOf(TestActor.PropsFor((_, _) => { }).WithDispatcher("pinned"));
        Assert.True(await _system.GracefulStopAsync(actor, Limit));

        Assert.True(await _system.GracefulStopAsync(actor, Limit));
        await Assert.ThrowsAsync<TargetTerminatedException>(() => actor.Ask<string>("x", Limit));
    }

    [Fact]
    public void A_dispatcher_nobody_knows_is_refused_with_the_names_of_those_there_are()
    {
        var failure = Assert.Throws<ArgumentException>(() => _system.ActorOf(TestActor.PropsFor((_, _) => { }).WithDispatcher("fast")));

        Assert.Contains("pinned", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>Decision 0004: a follower waits for the handler that told it, and no longer.</summary>
    [Fact]
    public async Task A_cell_that_was_told_something_does_not_wait_for_the_next_message_of_who_told_it()
    {
        using var go = new ManualResetEventSlim();
        using var told = new ManualResetEventSlim();
        var other = _system.ActorOf(TestActor.PropsFor((_, _) => told.Set()));
        var actor = _system.ActorOf(TestActor.PropsFor((a, message) =>
        {
            if (message is "tell it")
            {
                go.Wait(Limit); // Until the next message waits.
                other.Tell("x");
            }
            else
            {
                a.Sender.Tell(told.Wait(Limit));
            }
        }));

        actor.Tell("tell it");
        var answer = actor.Ask<bool>("see whether it has run", 2 * Limit);
        go.Set();

        Assert.True(await answer);
    }

    /// <summary>Decision 0004: so does who asked from outside and has the answer.</summary>
    [Fact]
    public async Task Who_asked_from_outside_does_not_wait_for_the_next_message_of_who_answered()
    {
        using var go = new ManualResetEventSlim();
        using var answered = new ManualResetEventSlim();
        var actor = _system.ActorOf(TestActor.PropsFor((a, message) =>
        {
            if (message is "answer")
            {
                go.Wait(Limit); // Until the next message waits.
                a.Sender.Tell("x");
            }
            else
            {
                a.Sender.Tell(answered.Wait(Limit));
            }
        }));

        var first = AskAndSet();
        var second = actor.Ask<bool>("see whether it has gone on", 2 * Limit);
        go.Set();

        Assert.True(await second);
        await first;

        async Task AskAndSet()
        {
            await actor.Ask<string>("answer", Limit);
            answered.Set();
        }
    }

    /// <summary>Decision 0004: the code behind an answer runs on the thread of the actor, but not in its turn.</summary>
    [Fact]
    public async Task Who_asked_from_outside_and_blocks_after_the_answer_does_not_hold_the_actor()
    {
        var actor = _system.ActorOf(TestActor.PropsFor((a, message) => a.Sender.Tell(message)));

        var second = await Task.Run(async () =>
        {
            await actor.Ask<int>(1, Limit);
            return Task.WaitAny([actor.Ask<int>(2, Limit)], Limit);
        });

        Assert.Equal(0, second);
    }

    /// <summary>With a read loop per actor the quiet one would wait for ever (ENGINE §1).</summary>
    [Fact]
    public async Task A_quiet_actor_among_busy_ones_is_answered()
    {
        var end = false;
        for (var i = 0; i < 16; i++)
        {
            var busy = _system.ActorOf(TestActor.PropsFor((a, message) =>
            {
                if (!Volatile.Read(ref end))
                    a.Self.Tell(message);
            }));
            for (var n = 0; n < 64; n++)
                busy.Tell(n);
        }

        var quiet = _system.ActorOf(TestActor.PropsFor((a, message) => a.Sender.Tell(message)));
        for (var i = 0; i < 20; i++)
            Assert.Equal(i, await quiet.Ask<int>(i, Limit));
        Volatile.Write(ref end, true);
    }
}
