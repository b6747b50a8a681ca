namespace OpenCode.Actors.Sessions.Tools.Outputs;

/// <summary>Limits the number, size and age of stored outputs.</summary>
internal static class OutputBounds
{
    public const long MostBytes = 2L << 30;

    public const int MostFiles = 10_000;

    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>Returns the files to remove: those too old, then the oldest until the rest is within the bounds. One that is being written is among the newest, so it is removed last.</summary>
    /// <param name="files">All files.</param>
    /// <param name="now">The time, UTC.</param>
    public static IEnumerable<OutputFile> Excess(IEnumerable<OutputFile> files, DateTime now)
    {
        var (bytes, count) = (0L, 0);
        foreach (var file in files.OrderByDescending(static file => file.Written).ThenBy(static file => file.Path, StringComparer.Ordinal))
        {
            (bytes, count) = (bytes + file.Bytes, count + 1);
            if (bytes > MostBytes || count > MostFiles || now - file.Written > Longest)
                yield return file;
        }
    }
}
