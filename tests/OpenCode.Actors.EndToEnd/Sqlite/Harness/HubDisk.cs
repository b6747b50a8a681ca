using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Sqlite.Harness;

/// <summary>Stands between a server and its <c>hub.db</c> and <c>-wal</c> (<c>hubdisk.c</c>, preloaded): knows what is not synced yet, and makes system calls fail.</summary>
/// <remarks>The record: 16 numbers of 64 bits (failing, count, synced of each kind of file), then <see cref="MaxWrites"/> writes of 3 numbers each, used in turn.</remarks>
internal sealed class HubDisk : IDisposable
{
    private const int MaxWrites = 1 << 20;
    private const int NumberBytes = 8;
    private const int HeaderBytes = 16 * NumberBytes;
    private const int WriteBytes = 3 * NumberBytes;
    private const int CountAt = 1 * NumberBytes;
    private const int SyncedAt = 2 * NumberBytes;

    private static readonly Lazy<string> _library = new(Compile);

    private readonly string _path;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _record;

    private HubDisk(string path)
    {
        _path = path;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.CreateNew, mapName: null, HeaderBytes + ((long)MaxWrites * WriteBytes));
        _record = _file.CreateViewAccessor();
    }

    /// <summary>What fails, with EIO, or with EDQUOT.</summary>
    public enum Failing
    {
        None,
        Syncs,
        Writes,
        Reads,
        Quota,
    }

    /// <summary>Gets the words that start a server on it.</summary>
    public IReadOnlyList<string> Within => ["env", $"LD_PRELOAD={_library.Value}", $"HUBDISK_RECORD={_path}"];

    public static HubDisk Make(TempFolder folder)
    {
        Needs.Gcc();
        return new(Path.Combine(folder.Path, $"{Guid.NewGuid():N}.record"));
    }

    public void Fail(Failing failing) => _record.Write(0, (long)failing);

    /// <summary>Lists the writes that are not synced. Of a server that is stopped (SIGSTOP) or dead.</summary>
    public IReadOnlyList<HubWrite> Unsynced()
    {
        var count = _record.ReadInt64(CountAt);
        var writes = new List<HubWrite>();
        for (var number = Math.Max(0, count - MaxWrites); number < count; number++)
        {
            var at = HeaderBytes + (number % MaxWrites * WriteBytes);
            var kind = _record.ReadInt64(at);
            if (number >= _record.ReadInt64(SyncedAt + (kind * NumberBytes)))
                writes.Add(new(kind == 2, _record.ReadInt64(at + NumberBytes), (int)_record.ReadInt64(at + (2 * NumberBytes))));
        }

        return writes;
    }

    public void Dispose()
    {
        _record.Dispose();
        _file.Dispose();
    }

    private static string Compile()
    {
        var library = Path.Combine(AppContext.BaseDirectory, "hubdisk.so");
        var source = Path.Combine(Repository.Root, "tests", "OpenCode.Actors.EndToEnd", "Sqlite", "Harness", "hubdisk.c");
        using var compiler = Process.Start("gcc", ["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", library, source, "-ldl"]);
        compiler.WaitForExit();
        return compiler.ExitCode == 0 ? library : throw new InvalidOperationException($"gcc cannot compile {source}.");
    }
}

/// <summary>A write of a server to a file.</summary>
/// <param name="IsLog">Whether it went to <c>hub.db-wal</c>, and not to <c>hub.db</c>.</param>
/// <param name="Offset">Where.</param>
/// <param name="Length">How many bytes.</param>
internal sealed record HubWrite(bool IsLog, long Offset, int Length);
