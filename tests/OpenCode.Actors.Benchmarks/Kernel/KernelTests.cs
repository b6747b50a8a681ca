using System.Diagnostics;

namespace OpenCode.Actors.Benchmarks.Kernel;

/// <summary>The rows of the table. Each builds its world, measures, and takes the world down.</summary>
/// <param name="scale">1 for the full counts.</param>
internal sealed class KernelTests(double scale)
{
    private static readonly object Message = new();

    private int Count(int full) => Math.Max(1, (int)(full * scale));

    /// <summary>Million messages a second from some threads to one actor.</summary>
    public async Task<double> TellAsync(IContender contender, int senders)
    {
        var each = Count(4_000_000) / senders;
        await using var world = contender.Open();
        var countdown = new Countdown(each * senders);
        var actor = world.Spawn(countdown.Handle);
        await Task.Delay(20);

        var watch = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, senders).Select(_ => new Thread(() =>
        {
            for (var i = 0; i < each; i++)
                actor.Tell(Message);
        })).ToList();
        threads.ForEach(static thread => thread.Start());
        await countdown.Done;
        return each * senders / watch.Elapsed.TotalMicroseconds;
    }

    /// <summary>Million messages a second from one thread to 1,000 actors in turn.</summary>
    public async Task<double> FanOutAsync(IContender contender)
    {
        const int Actors = 1_000;
        var rounds = Count(4_000);
        await using var world = contender.Open();
        var countdown = new SharedCountdown(Actors);
        var actors = Enumerable.Range(0, Actors).Select(_ => world.Spawn(new Countdown(rounds, countdown.Signal).Handle)).ToArray();
        await Task.Delay(50);

        var watch = Stopwatch.StartNew();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var actor in actors)
                actor.Tell(Message);
        }

        await countdown.Done;
        return (double)rounds * Actors / watch.Elapsed.TotalMicroseconds;
    }

    /// <summary>Nanoseconds a hop, or million messages a second, between pairs.</summary>
    public async Task<double> PingPongAsync(IContender contender, int pairs, int inFlight)
    {
        var hops = Count(4_000_000) / pairs;
        await using var world = contender.Open();
        var countdown = new SharedCountdown(2 * pairs);
        var balls = new List<IPeer>();
        for (var i = 0; i < pairs; i++)
        {
            var left = new Player(hops / 2, countdown);
            var right = new Player(hops / 2, countdown);
            left.Other = world.Spawn(right.Handle);
            right.Other = world.Spawn(left.Handle);
            balls.Add(left.Other);
        }

        await Task.Delay(20);
        var watch = Stopwatch.StartNew();
        foreach (var peer in balls)
        {
            for (var i = 0; i < inFlight; i++)
                peer.Tell(Message);
        }

        await countdown.Done;
        return pairs == 1 ? watch.Elapsed.TotalNanoseconds / hops : (double)hops * pairs / watch.Elapsed.TotalMicroseconds;
    }

    /// <summary>Microseconds a question, one after the other, from a task on the pool.</summary>
    public async Task<double> AskAsync(IContender contender)
    {
        var count = Count(500_000);
        await using var world = contender.Open();
        var echo = world.SpawnEcho();
        return await Task.Run(async () =>
        {
            var watch = Stopwatch.StartNew();
            for (var i = 0; i < count; i++)
                await echo.Ask(Message);
            return watch.Elapsed.TotalMicroseconds / count;
        });
    }

    /// <summary>Million messages a second to a handler that yields once.</summary>
    public async Task<double> YieldAsync(IContender contender)
    {
        var count = Count(1_000_000);
        await using var world = contender.Open();
        var countdown = new Countdown(count);
        var actor = world.Spawn(async message =>
        {
            await Task.Yield();
            await countdown.Handle(message);
        });
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
            actor.Tell(Message);
        await countdown.Done;
        return count / watch.Elapsed.TotalMicroseconds;
    }

    /// <summary>Thousand actors a second that are started and have handled one message.</summary>
    public async Task<double> SpawnAsync(IContender contender)
    {
        var count = Count(100_000);
        await using var world = contender.Open();
        var countdown = new SharedCountdown(count);
        Func<object, ValueTask> handle = countdown.Handle;
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
            world.Spawn(handle).Tell(Message);
        await countdown.Done;
        return count / watch.Elapsed.TotalMilliseconds;
    }

    /// <summary>Bytes of an actor that has handled one message and waits.</summary>
    public async Task<double> IdleAsync(IContender contender)
    {
        var count = Count(100_000);
        await using var world = contender.Open();
        var countdown = new SharedCountdown(count);
        Func<object, ValueTask> handle = countdown.Handle;
        var peers = new IPeer[count];
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < count; i++)
            (peers[i] = world.Spawn(handle)).Tell(Message);
        await countdown.Done;
        await Task.Delay(100);
        var after = GC.GetTotalMemory(forceFullCollection: true);
        GC.KeepAlive(peers);
        return (double)(after - before) / count;
    }

    /// <summary>The 99th percentile, in milliseconds, of questions to a quiet actor among 16 that always have 64 messages; the whole test when none was answered.</summary>
    public async Task<double> QuietAsync(IContender contender)
    {
        var span = TimeSpan.FromSeconds(Math.Max(1, 3 * scale));
        await using var world = contender.Open();
        var go = new Flag();
        var latencies = new List<double>();

        // From a thread of its own: what a thread of the pool schedules waits in its local queue, and this one must not block a thread of the pool.
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            for (var i = 0; i < 16; i++)
                StartBusy(world, go);
            var quiet = world.SpawnEcho();
            var total = Stopwatch.StartNew();
            while (total.Elapsed < span)
            {
                var watch = Stopwatch.StartNew();
                if (!quiet.Ask(Message).Wait(span))
                    break;
                latencies.Add(watch.Elapsed.TotalMilliseconds);
            }

            go.IsSet = false;
            done.SetResult();
        }).Start();
        await done.Task;
        if (latencies.Count == 0)
            return span.TotalMilliseconds;
        latencies.Sort();
        return latencies[(int)(latencies.Count * 0.99)];
    }

    /// <summary>An actor that always has 64 messages of 1 to 2 µs.</summary>
    private static void StartBusy(IWorld world, Flag go)
    {
        IPeer busy = null!;
        busy = world.Spawn(message =>
        {
            Thread.SpinWait(40);
            if (go.IsSet)
                busy.Tell(message);
            return ValueTask.CompletedTask;
        });
        for (var i = 0; i < 64; i++)
            busy.Tell(Message);
    }
}
