using System.Reflection;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Util;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>The seeded system reaches into Akka and the runtime. After an upgrade these tests say which member is gone, before a simulation misbehaves.</summary>
public sealed class AkkaInternalsTests
{
    private const BindingFlags Hidden = BindingFlags.NonPublic | BindingFlags.Instance;

    [Fact]
    public void An_ask_keeps_its_result_in_a_source() =>
        Assert.Equal(typeof(TaskCompletionSource<int>), typeof(FutureActorRef<int>).GetField("_result", Hidden)?.FieldType);

    [Fact]
    public void Asks_are_children_of_the_temporary_container()
    {
        using var system = new SeededSystem();
        var asks = ((LocalActorRefProvider)((ExtendedActorSystem)system.System).Provider).TempContainer;
        Assert.Equal(typeof(bool), asks.GetType().GetProperty("HasChildren")?.PropertyType);
        Assert.Equal([typeof(Action<IInternalActorRef>)], asks.GetType().GetMethod("ForEachChild")?.GetParameters().Select(p => p.ParameterType));
    }

    [Fact]
    public void Randomness_is_kept_by_thread() =>
        Assert.IsType<ThreadLocal<Random>>(typeof(ThreadLocalRandom).GetField("_rng", BindingFlags.NonPublic | BindingFlags.Static)?.GetValue(null));

    [Fact]
    public void A_mailbox_knows_its_actor() =>
        Assert.Equal(typeof(ActorCell), typeof(Mailbox).GetProperty("Actor", Hidden)?.PropertyType);

    [Fact]
    public void A_source_can_be_told_to_continue_inline()
    {
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        TaskFlags.ContinueInline(source.Task);
        var thread = 0;
        _ = source.Task.ContinueWith(_ => thread = Environment.CurrentManagedThreadId, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        source.SetResult();

        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }

    [Fact]
    public void The_runtime_tells_of_work_for_the_pool_and_of_timers_on_the_thread_that_begins_them()
    {
        var sites = new List<string>();
        PoolWatch.Arm(sites);
        ThreadPool.UnsafeQueueUserWorkItem(static _ => { }, null);
#pragma warning disable RS0030 // It is seen.
        using var timer = new Timer(static _ => { }, null, TimeSpan.FromHours(1), Timeout.InfiniteTimeSpan);
#pragma warning restore RS0030
        PoolWatch.Disarm();
        ThreadPool.UnsafeQueueUserWorkItem(static _ => { }, null);

        Assert.Equal(2, sites.Count);
        Assert.Contains("thread pool", sites[0], StringComparison.Ordinal);
        Assert.Contains("timer", sites[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Every_dispatcher_of_Akka_is_the_seeded_one()
    {
        using var kit = new Kit();
        Assert.True(kit.Materializer is not null);
        string[] ids =
        [
            "akka.actor.default-dispatcher", "akka.actor.internal-dispatcher", "akka.actor.default-blocking-io-dispatcher", "akka.actor.default-fork-join-dispatcher",
            "akka.actor.task-dispatcher", "akka.actor.synchronized-dispatcher", "akka.loggers-dispatcher", "akka.io.pinned-dispatcher",
            "akka.stream.materializer.dispatcher", "akka.stream.materializer.blocking-io-dispatcher", "akka.test.test-actor.dispatcher",
        ];
        Assert.All(ids, id => Assert.IsType<SeededDispatcher>(kit.Sys.Dispatchers.Lookup(id)));

        // A dispatcher that a new version adds would run on threads of its own.
        var known = ids.Where(id => id.StartsWith("akka.actor.", StringComparison.Ordinal)).Select(id => id["akka.actor.".Length..]);
        var there = kit.Sys.Settings.Config.GetConfig("akka.actor").AsEnumerable().Select(entry => entry.Key).Where(key => key.EndsWith("-dispatcher", StringComparison.Ordinal));
        Assert.Equal(known.Order(StringComparer.Ordinal), there.Order(StringComparer.Ordinal));
    }

    private sealed class Kit : HubTestKit;
}
