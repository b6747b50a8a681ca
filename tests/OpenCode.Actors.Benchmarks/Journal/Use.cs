using System.Globalization;

namespace OpenCode.Actors.Benchmarks.Journal;

/// <summary>What this process has used since a moment.</summary>
/// <param name="Processor">Processor time.</param>
/// <param name="Allocated">Bytes on the managed heap.</param>
/// <param name="Written">Bytes that went to the disk, as the kernel counts them.</param>
internal sealed record Use(TimeSpan Processor, long Allocated, long Written)
{
    public static Use Begin() => new(Environment.CpuUsage.TotalTime, GC.GetTotalAllocatedBytes(precise: true), WrittenBytes());

    public Use End()
    {
        var now = Begin();
        return new(now.Processor - Processor, now.Allocated - Allocated, now.Written - Written);
    }

    private static long WrittenBytes() => File.ReadLines("/proc/self/io")
        .Where(static line => line.StartsWith("write_bytes:", StringComparison.Ordinal))
        .Select(static line => long.Parse(line["write_bytes:".Length..], CultureInfo.InvariantCulture)).FirstOrDefault();
}
