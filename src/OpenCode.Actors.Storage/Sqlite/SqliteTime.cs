namespace OpenCode.Actors.Storage.Sqlite;

/// <summary>Times as the file has them: microseconds since 1970.</summary>
internal static class SqliteTime
{
    public static long Write(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;

    public static DateTimeOffset Read(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);
}
