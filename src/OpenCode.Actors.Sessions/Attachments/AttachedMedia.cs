using System.Runtime.CompilerServices;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Attachments;

/// <summary>The file parts of a message that a model gets as they are. All others were turned into text.</summary>
internal static class AttachedMedia
{
    // Each step tells all files of its conversation again: a part is looked through once, not with every step.
    private static readonly ConditionalWeakTable<FilePart, Media> _known = [];

    /// <summary>Reads a part; null when it is none of these.</summary>
    public static FileContent? Find(FilePart part) =>
        MediaTypes.IsMedia(part.Mime) && DataUrl.Is(part.Url) ? _known.GetValue(part, static part => new Media(Read(part))).Content : null;

    private static FileContent? Read(FilePart part)
    {
        try
        {
            return new FileContent(part.Mime, part.Filename, DataUrl.Parse(part.Url).ToBase64());
        }
        catch (FormatException)
        {
            return null; // Of a tool, or of a version that did not check it.
        }
    }

    private sealed record Media(FileContent? Content);
}
