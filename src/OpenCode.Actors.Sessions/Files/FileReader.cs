using System.Text;

namespace OpenCode.Actors.Sessions.Files;

/// <summary>Reads a path for a model. The content decides how, not the name.</summary>
internal static class FileReader
{
    /// <summary>The largest image or PDF: as base64 it fits in a request body of the default limit.</summary>
    public const int MostMediaBytes = 20 << 20;

    private const int ProbedBytes = 8 * 1024;

    /// <summary>Reads a file, or lists a folder.</summary>
    /// <param name="files">The files.</param>
    /// <param name="path">An absolute path.</param>
    /// <param name="first">The first line of a text that is wanted.</param>
    /// <param name="count">How many lines are wanted at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static FileRead Read(IFileTree files, string path, int first = 1, int count = NumberedText.MostLines, CancellationToken cancellationToken = default)
    {
        try
        {
            return files.Look(path) switch
            {
                EntryKind.Missing => new NotRead(path, $"There is no file {path}."),
                EntryKind.Folder => new FolderRead(path, FolderListing.Of(files.List(path))),
                _ => ReadFile(files, path, first, count, cancellationToken),
            };
        }
        catch (IOException e)
        {
            return new NotRead(path, $"The file {path} cannot be read: {e.Message}");
        }
    }

    /// <summary>True if bytes are a text: an encoding is named, or there is no NUL.</summary>
    /// <param name="start">The first bytes.</param>
    public static bool IsText(ReadOnlySpan<byte> start) => start is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0xEF, 0xBB, 0xBF, ..] || !start.Contains((byte)0);

    private static FileRead ReadFile(IFileTree files, string path, int first, int count, CancellationToken cancellationToken)
    {
        using var file = files.Open(path);
        var start = new byte[ProbedBytes];
        var probed = start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
        if (MediaTypes.Find(probed) is { } mime)
            return ReadMedia(file, path, mime, probed, cancellationToken);
        if (!IsText(probed))
            return new NotRead(path, $"The file {path} is binary ({file.Length} bytes): it cannot be shown as text.");

        file.Seek(0, SeekOrigin.Begin);
        using var whole = new StreamReader(file, Encoding.UTF8, detectEncodingFromByteOrderMarks: true);
        return new TextRead(path, NumberedText.Read(whole, Math.Max(1, first), Math.Max(1, count), cancellationToken));
    }

    private static FileRead ReadMedia(Stream file, string path, string mime, ReadOnlySpan<byte> start, CancellationToken cancellationToken)
    {
        using var data = new MemoryStream();
        data.Write(start);
        var buffer = new byte[128 * 1024];
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (data.Length + read > MostMediaBytes)
                return new NotRead(path, $"The file {path} ({mime}) is larger than {MostMediaBytes >> 20} MiB: it is too large to be attached.");

            data.Write(buffer, 0, read);
        }

        return new MediaRead(path, mime, data.ToArray());
    }
}
