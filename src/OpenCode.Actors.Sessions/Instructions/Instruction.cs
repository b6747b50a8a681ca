namespace OpenCode.Actors.Sessions.Instructions;

/// <summary>Instructions for a model, or why there are none.</summary>
/// <param name="Source">The path or URL.</param>
/// <param name="Text">The text; null when it could not be read.</param>
/// <param name="Fault">Why it could not be read, or what is missing of it.</param>
internal sealed record Instruction(string Source, string? Text, string? Fault = null)
{
    /// <summary>How much of one text is read.</summary>
    public const int MostCharacters = 64 * 1024;

    /// <summary>Makes one of a text that was read up to a character more than the limit.</summary>
    public static Instruction Of(string source, string text) => text.Length > MostCharacters
        ? new Instruction(source, text[..MostCharacters], $"Only the first {MostCharacters} characters are here. Read the rest if you need it.")
        : new Instruction(source, text);
}
