using Microsoft.Data.Sqlite;

namespace OpenCode.Actors.Storage.Sqlite;

/// <summary>Where the next batch goes. This process has the file for itself, so it knows.</summary>
/// <param name="Position">The offset of the last entry.</param>
/// <param name="Bytes">The size of the bodies up to it.</param>
/// <param name="Born">The greatest number of a row of state.</param>
internal sealed record SqliteHead(long Position, long Bytes, long Born)
{
    public static SqliteHead Read(SqliteConnection connection) => new(
        connection.Number(SqliteTimeline.Head),
        connection.Number("SELECT bytes FROM log_batch ORDER BY first DESC LIMIT 1"),
        connection.Number("SELECT max(born) FROM state"));
}
