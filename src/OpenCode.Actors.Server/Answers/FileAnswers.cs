namespace OpenCode.Actors.Server.Answers;

/// <summary>Answer of <c>GET /file/content</c>.</summary>
/// <param name="Type"><c>text</c> or <c>binary</c>.</param>
/// <param name="Content">The text, or base64.</param>
/// <param name="Encoding"><c>base64</c>; absent for text.</param>
/// <param name="MimeType">By the name of the file; absent for text.</param>
internal sealed record FileContent(string Type, string Content, string? Encoding = null, string? MimeType = null);

/// <summary>Answer of <c>GET /api/fs/find</c>.</summary>
internal sealed record FoundFiles(LocationAnswer Location, IReadOnlyList<FoundFile> Data);

/// <summary>A path that was found.</summary>
internal sealed record FoundFile(string Path, string Type);
