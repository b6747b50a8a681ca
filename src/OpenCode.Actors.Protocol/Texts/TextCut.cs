using System.Globalization;

namespace OpenCode.Actors.Protocol.Texts;

/// <summary>Cuts texts between two characters as people see them. Half an emoji could not be stored or sent, and a letter without its accent is another one.</summary>
public static class TextCut
{
    // A longer character, such as a letter below a pile of accents, is cut between its code points.
    private const int LongestCharacter = 32;

    /// <summary>Gives the start of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">How much of it, in UTF-16 code units; above 32.</param>
    /// <param name="mark">The text in the place of the rest.</param>
    /// <returns>The start and the mark, or the text itself when it is no longer.</returns>
    public static string Start(string text, int most, string mark = "")
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.Length <= most ? text : $"{text.AsSpan(0, StartLength(text, most))}{mark}";
    }

    /// <summary>Finds where the start of a text ends.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">How much of it, in UTF-16 code units.</param>
    /// <returns>The length of the start.</returns>
    public static int StartLength(ReadOnlySpan<char> text, int most)
    {
        if (text.Length <= most)
            return text.Length;

        var at = Math.Max(0, most - LongestCharacter);
        if (at > 0 && char.IsLowSurrogate(text[at]))
            at--;
        while (at + CharacterLength(text[at..]) is var next && next <= most)
            at = next;
        return at;
    }

    /// <summary>Finds where the end of a text starts.</summary>
    /// <param name="text">The text.</param>
    /// <param name="most">How much of it, in UTF-16 code units.</param>
    /// <returns>The index of the end's first character.</returns>
    public static int EndStart(ReadOnlySpan<char> text, int most)
    {
        var from = Math.Max(0, text.Length - most);
        var at = StartLength(text, from);
        return at == from ? at : at + CharacterLength(text[at..]);
    }

    private static int CharacterLength(ReadOnlySpan<char> text) => StringInfo.GetNextTextElementLength(text[..Math.Min(text.Length, 2 * LongestCharacter)]);
}
