namespace OpenCode.Actors.Models.Providers;

/// <summary>Texts that a header of HTTP can hold.</summary>
public static class HeaderText
{
    /// <summary>True if a text is one: printable ASCII characters.</summary>
    public static bool Is(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return !text.AsSpan().ContainsAnyExceptInRange(' ', '~');
    }
}
