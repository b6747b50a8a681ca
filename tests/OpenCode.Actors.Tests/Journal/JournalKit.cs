using System.Text;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Disks;
using OpenCode.Actors.Journal.Files;
using OpenCode.Actors.Tests.TestKit;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Journal;

/// <summary>A journal on a disk in memory whose faults the test decides.</summary>
public abstract class JournalKit
{
    private readonly SeededEntropy _entropy = new(7);

    internal MemoryDisk Disk { get; set; } = new(7);

    internal VirtualTime Time { get; } = new();

    internal JournalOptions Options { get; } = new() { SegmentBytes = 4096 };

    /// <summary>Gets the only segment, or the oldest.</summary>
    internal string FirstSegment => "journal/" + Disk.List("journal")[0];

    internal RecordingLogs Logs { get; } = new();

    internal Task<FileJournal> OpenAsync() => FileJournal.OpenAsync(Disk, Options, Time, _entropy.NextUInt64, Logs.CreateLogger<FileJournal>());

    internal static async Task AppendAsync(IJournal journal, int count, bool durable = true, int propertiesBytes = 100)
    {
        for (var i = 0; i < count; i++)
            await journal.AppendAsync(Make.Batch(Make.Entry($"e{journal.Head + 1}", propertiesBytes, durable)), default);
    }

    internal static async Task<List<LogEntry>> ReadAsync(IJournal journal, long after = 0)
    {
        var entries = new List<LogEntry>();
        await foreach (var page in journal.ReadAsync(after, EntryFilter.All, default))
            entries.AddRange(page.Entries);

        return entries;
    }

    internal static async Task<List<string>> LoadAsync(IJournal journal, string owner)
    {
        var rows = new List<string>();
        await foreach (var row in journal.LoadAsync(owner, default))
            rows.Add($"{row.Kind}/{row.Key}={Encoding.UTF8.GetString(row.Json.Span)}");

        return rows;
    }

    internal long LengthOf(string path)
    {
        using var file = Disk.Open(path, DiskFileMode.Read);
        return file.Length;
    }

    /// <summary>Changes a file by hand, while nobody has the folder.</summary>
    internal async Task EditAsync(Func<MemoryDisk, Task> edit)
    {
        using var hold = Disk.Lock();
        await edit(Disk);
    }

    internal Task TruncateAsync(string path, long length) => EditAsync(async disk =>
    {
        using var file = disk.Open(path, DiskFileMode.Write);
        file.Truncate(length);
        await file.SyncAsync();
    });

    internal Task WriteAsync(string path, long position, params byte[] bytes) => EditAsync(async disk =>
    {
        using var file = disk.Open(path, DiskFileMode.Write);
        await file.WriteAsync(position, bytes);
        await file.SyncAsync();
    });
}
