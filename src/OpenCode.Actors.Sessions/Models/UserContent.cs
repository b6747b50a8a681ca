namespace OpenCode.Actors.Sessions.Models;

/// <summary>A piece of a user's message for a model: a text or a file.</summary>
public abstract record UserContent;

/// <summary>A text.</summary>
/// <param name="Text">The text.</param>
public sealed record TextContent(string Text) : UserContent;

/// <summary>A file that is no text: an image, a PDF. A model that does not take its type gets a line of text instead.</summary>
/// <param name="MimeType">Its type, such as <c>image/png</c>.</param>
/// <param name="Filename">Its name, when it has one.</param>
/// <param name="Data">Its bytes. Not copied; must not change while the request is under way.</param>
public sealed record FileContent(string MimeType, string? Filename, ReadOnlyMemory<byte> Data) : UserContent;
