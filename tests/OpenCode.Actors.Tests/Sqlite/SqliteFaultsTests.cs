using Microsoft.Data.Sqlite;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Storage.Sqlite;
using SQLitePCL;

namespace OpenCode.Actors.Tests.Sqlite;

/// <summary>Rule "The store says what is wrong": what an error of SQLite means, and its message for people.</summary>
public sealed class SqliteFaultsTests
{
    private const int ShmSize = raw.SQLITE_IOERR_SHMSIZE;

    [Theory]
    [InlineData(raw.SQLITE_FULL, typeof(StoreFullException))]
    [InlineData(ShmSize, typeof(StoreFullException))]
    [InlineData(raw.SQLITE_BUSY, typeof(StoreBusyException))]
    [InlineData(raw.SQLITE_LOCKED, typeof(StoreBusyException))]
    [InlineData(raw.SQLITE_CORRUPT, typeof(StoreBrokenException))]
    [InlineData(raw.SQLITE_NOTADB, typeof(StoreBrokenException))]
    [InlineData(raw.SQLITE_IOERR_FSYNC, typeof(StoreBrokenException))]
    [InlineData(raw.SQLITE_READONLY, typeof(StoreBrokenException))]
    public void While_it_runs(int code, Type expected) => Assert.IsType(expected, SqliteFaults.Translate(Fault(code), "/data/hub.db"));

    [Theory]
    [InlineData(raw.SQLITE_FULL, typeof(JournalFolderException), "full")]
    [InlineData(raw.SQLITE_CORRUPT, typeof(JournalCorruptException), "backup")]
    [InlineData(raw.SQLITE_NOTADB, typeof(JournalCorruptException), "backup")]
    [InlineData(raw.SQLITE_READONLY, typeof(JournalFolderException), "--data")]
    [InlineData(raw.SQLITE_CANTOPEN, typeof(JournalFolderException), "--data")]
    [InlineData(raw.SQLITE_BUSY, typeof(JournalFolderException), "another process")]
    [InlineData(raw.SQLITE_IOERR_READ, typeof(JournalFolderException), "disk")]
    public void At_a_start(int code, Type expected, string named)
    {
        var fault = SqliteFaults.Explain(Fault(code), "/data", "hub.db");

        Assert.IsType(expected, fault);
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("..", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(".)", fault.Message, StringComparison.Ordinal);
    }

    private static SqliteException Fault(int code) => new("what SQLite says.", code & 0xFF, code);
}
