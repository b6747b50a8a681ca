namespace OpenCode.Actors.Server.Commands;

/// <summary>A piece of a filled template.</summary>
/// <param name="Text">Text for the model, or a shell line.</param>
/// <param name="IsLine">Whether it is a shell line, which what it writes takes the place of.</param>
internal readonly record struct TemplatePiece(string Text, bool IsLine);
