using OpenCode.Actors.Protocol.Texts;
using OpenCode.Actors.Sessions.Files;

namespace OpenCode.Actors.Sessions.Instructions;

/// <summary>Instructions for a model, or why there are none.</summary>
/// <param name="Source">The path or URL.</param>
/// <param name="Text">The text; null when it could not be read.</param>
/// <param name="Fault">Why it could not be read, or what is missing of it.</param>
internal sealed record Instruction(string Source, string? Text, string? Fault = null)
{
    /// <summary>How much of one text is read.</summary>
    public const int MostCharacters = 64 * 1024;

    /// <summary>Gets a value indicating whether it was left out because it leads out of the project.</summary>
    public bool IsOutside { get; init; }

    /// <summary>Gets it as a model reads it: some lines, the first one empty.</summary>
    public string Told => Text is null
        ? $"\nInstructions from {Source}: {Fault}\n"
        : $"\nInstructions from {Source}:\n<instructions>\n{Text}{(Text.EndsWith('\n') ? "" : "\n")}</instructions>\n{(Fault is null ? "" : $"{Fault}\n")}";

    /// <summary>Reads a file.</summary>
    public static Instruction Read(IFileTree files, string path)
    {
        try
        {
            using var text = new StreamReader(files.Open(path));
            var read = new char[MostCharacters + 1];
            return Of(path, new string(read, 0, text.ReadBlock(read)));
        }
        catch (IOException e)
        {
            return new Instruction(path, null, $"It cannot be read: {e.Message}");
        }
    }

    /// <summary>Makes one of a text that was read up to a character more than the limit.</summary>
    public static Instruction Of(string source, string text) => text.Length > MostCharacters
        ? new Instruction(source, TextCut.Start(text, MostCharacters), $"Only the first {MostCharacters} characters are here. Read the rest if you need it.")
        : new Instruction(source, text);
}
