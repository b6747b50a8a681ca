using System.Diagnostics;
using OpenCode.Actors.Journal.Disks;
using OpenCode.Actors.Journal.Doors;

namespace OpenCode.Actors.Benchmarks.Journal;

/// <summary>What the disk gives: append and sync, as many bytes each time as the producers would have waiting.</summary>
internal static class RawLoop
{
    // What an event of 300 B takes in the log, about.
    private const int EventBytes = 360;

    public static Measured Measure(string folder, int eventsPerWrite, double seconds)
    {
        var disk = new FileDisk(folder);
        var waits = new List<long>();
        var watch = Stopwatch.StartNew();
        var processor = Environment.CpuUsage.TotalTime;
        using (var file = disk.Open("raw.log", DiskFileMode.Create))
        {
            var bytes = new byte[eventsPerWrite * EventBytes];
            Random.Shared.NextBytes(bytes);
            watch.Restart();
            for (var position = 0L; watch.Elapsed.TotalSeconds < seconds; position += bytes.Length)
            {
                var started = Stopwatch.GetTimestamp();
                Done(file.WriteAsync(position, bytes));
                Done(file.SyncAsync());
                waits.Add(Stopwatch.GetTimestamp() - started);
            }

            watch.Stop();
        }

        disk.Delete("raw.log");
        return Measured.Of(waits.ToArray(), eventsPerWrite, watch.Elapsed, Environment.CpuUsage.TotalTime - processor, 0);
    }

    // A file disk has done what it was asked for when it returns.
    private static void Done(ValueTask task) => task.GetAwaiter().GetResult();
}
