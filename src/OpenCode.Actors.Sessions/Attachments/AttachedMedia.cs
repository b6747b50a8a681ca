using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Attachments;

/// <summary>The file parts of a message that a model gets as they are. All others were turned into text.</summary>
internal static class AttachedMedia
{
    /// <summary>Decodes a part; null when it is none of these.</summary>
    public static FileContent? Find(FilePart part)
    {
        if (!MediaTypes.IsMedia(part.Mime) || !DataUrl.Is(part.Url))
            return null;

        try
        {
            return new FileContent(part.Mime, part.Filename, DataUrl.Parse(part.Url).Decode());
        }
        catch (FormatException)
        {
            return null; // Of a tool, or of a version that did not check it.
        }
    }
}
