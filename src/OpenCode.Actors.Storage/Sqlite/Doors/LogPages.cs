using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OpenCode.Actors.Storage.Sqlite.Doors;

/// <summary>How many pages the write-ahead log has after the last commit of a connection. SQLite's own checkpoints are off then: it has one hook for both.</summary>
internal sealed unsafe partial class LogPages : IDisposable
{
    private readonly int* _pages = (int*)NativeMemory.AllocZeroed(sizeof(int));
    private readonly SqliteConnection _connection;

    public LogPages(SqliteConnection connection)
    {
        _connection = connection;
        _ = Hook(connection.Handle!.DangerousGetHandle(), &OnCommit, _pages);
    }

    /// <summary>Gets the number. On the thread of the connection.</summary>
    public int Count => *_pages;

    /// <summary>Gets the length of the log's file, in bytes, by its name: the file is not opened.</summary>
    public static long LengthOf(SqliteConnection connection) => new FileInfo(raw.sqlite3_db_filename(connection.Handle, "main").utf8_to_string() + "-wal") is { Exists: true } log ? log.Length : 0;

    /// <summary>Ends it, before its connection.</summary>
    public void Dispose()
    {
        _ = Hook(_connection.Handle!.DangerousGetHandle(), null, null);
        NativeMemory.Free(_pages);
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnCommit(void* pages, void* database, byte* schema, int count)
    {
        *(int*)pages = count;
        return 0;
    }

    [LibraryImport("e_sqlite3", EntryPoint = "sqlite3_wal_hook")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void* Hook(IntPtr database, delegate* unmanaged[Cdecl]<void*, void*, byte*, int, int> hook, void* argument);
}
