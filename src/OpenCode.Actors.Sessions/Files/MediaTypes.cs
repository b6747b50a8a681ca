namespace OpenCode.Actors.Sessions.Files;

/// <summary>The types of files that models take as they are, found by their first bytes, since names and clients err.</summary>
internal static class MediaTypes
{
    /// <summary>How many bytes decide.</summary>
    public const int Prefix = 16;

    /// <summary>Finds the type of an image or a PDF; null for anything else.</summary>
    /// <param name="start">The first bytes of the file.</param>
    public static string? Find(ReadOnlySpan<byte> start) => start switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => "image/gif",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', (byte)'-', ..] => "application/pdf",
        _ => null,
    };

    /// <summary>True if a model may take files of a type as they are.</summary>
    public static bool IsMedia(string mimeType) =>
        mimeType == "application/pdf"
        || (mimeType.StartsWith("image/", StringComparison.Ordinal) && mimeType != "image/svg+xml")
        || mimeType.StartsWith("audio/", StringComparison.Ordinal)
        || mimeType.StartsWith("video/", StringComparison.Ordinal);
}
