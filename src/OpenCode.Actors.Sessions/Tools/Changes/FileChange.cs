using System.Text.Json;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Tools.Changes;

/// <summary>A change of a file by a call, as clients show it.</summary>
/// <param name="Path">The file.</param>
/// <param name="Patch">The change as a unified diff; empty when it is too large to be shown.</param>
/// <param name="Additions">Lines added.</param>
/// <param name="Deletions">Lines removed.</param>
internal sealed record FileChange(string Path, string Patch, int Additions, int Deletions)
{
    /// <summary>Compares two texts. Line ends are not compared.</summary>
    public static FileChange Of(string path, string before, string after, int mostLines = UnifiedDiff.MostLines)
    {
        var hunks = UnifiedDiff.Of(FileText.WithLineFeeds(before), FileText.WithLineFeeds(after), out var additions, out var deletions, mostLines);
        var patch = $"Index: {path}\n{new string('=', 67)}\n--- {path}\n+++ {path}\n{hunks}";
        return new FileChange(path, hunks.Length <= UnifiedDiff.MostCharacters ? patch : "", additions, deletions);
    }

    /// <summary>Makes the metadata of an edit.</summary>
    public JsonElement EditMetadata() =>
        JsonSerializer.SerializeToElement(new EditMetadata(ProtocolJson.EmptyObject, Patch, Summary(), Truncated: false), ChangeJson.Default.EditMetadata);

    /// <summary>Makes the metadata of a write.</summary>
    /// <param name="exists">Whether the file was there before.</param>
    public JsonElement WriteMetadata(bool exists) => JsonSerializer.SerializeToElement(
        new WriteMetadata(ProtocolJson.EmptyObject, Path, exists, Patch, Summary(), Truncated: false), ChangeJson.Default.WriteMetadata);

    private FileDiff Summary() => new(Additions, Deletions) { File = Path, Patch = Patch };
}
