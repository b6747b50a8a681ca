using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OpenCode.Actors.Benchmarks.Journal;

/// <summary>What the disk gives: append and sync, as many bytes each time as the producers would have waiting.</summary>
internal static class RawLoop
{
    // What an event of 300 B takes in the log, about.
    private const int EventBytes = 360;

    public static Measured Measure(string folder, int eventsPerWrite, double seconds)
    {
        var path = Path.Combine(Directory.CreateDirectory(folder).FullName, "raw.log");
        var waits = new List<long>();
        var watch = Stopwatch.StartNew();
        var used = Use.Begin();
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite))
        {
            var bytes = new byte[eventsPerWrite * EventBytes];
            Random.Shared.NextBytes(bytes);
            watch.Restart();
            for (var position = 0L; watch.Elapsed.TotalSeconds < seconds; position += bytes.Length)
            {
                var started = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, bytes, position);
                if (Sync(file) != 0)
                    throw new IOException("fdatasync failed.");
                waits.Add(Stopwatch.GetTimestamp() - started);
            }

            watch.Stop();
        }

        File.Delete(path);
        return Measured.Of(waits.ToArray(), (long)waits.Count * eventsPerWrite, watch.Elapsed, used.End());
    }

    [DllImport("libc", EntryPoint = "fdatasync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(SafeFileHandle file);
}
