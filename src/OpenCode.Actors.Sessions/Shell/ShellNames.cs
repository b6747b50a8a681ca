namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Names of variables.</summary>
internal static class ShellNames
{
    /// <summary>True if a text is a name.</summary>
    public static bool IsName(ReadOnlySpan<char> text) => text.Length > 0 && LengthOf(text) == text.Length;

    /// <summary>Returns the length of the name that a text begins with; 0 when it begins with none.</summary>
    public static int LengthOf(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (length < text.Length && (char.IsAsciiLetter(text[length]) || text[length] == '_' || (length > 0 && char.IsAsciiDigit(text[length]))))
            length++;
        return length;
    }
}
