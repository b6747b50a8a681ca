using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace OpenCode.Actors.Protocol.Ids;

/// <summary>The grammar of ids: prefix, then 1 to 60 of <c>[A-Za-z0-9_]</c>. No slash, dot or blank, so that an id can be in a path and in a file name.</summary>
internal static class IdText
{
    public const int MaxBodyLength = 60;

    /// <summary>The body's characters in ordinal order.</summary>
    public const string Alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";

    private static readonly SearchValues<char> _allowed = SearchValues.Create(Alphabet);

    public static bool TryParse<T>([NotNullWhen(true)] string? text, out T id)
        where T : struct, IId<T>
    {
        if (text is not null && IsValid(text, T.Prefix))
        {
            id = T.From(text);
            return true;
        }

        id = default;
        return false;
    }

    public static string Complaint<T>(string? text)
        where T : struct, IId<T>
    {
        var shown = text is { Length: > 80 } ? string.Concat(text.AsSpan(0, 80), "...") : text;
        return $"'{shown}' is no {typeof(T).Name}: give '{T.Prefix}' and 1 to {MaxBodyLength} letters, digits or underscores.";
    }

    private static bool IsValid(ReadOnlySpan<char> text, string prefix)
    {
        if (!text.StartsWith(prefix, StringComparison.Ordinal))
            return false;

        var body = text[prefix.Length..];
        return body.Length is > 0 and <= MaxBodyLength && !body.ContainsAnyExcept(_allowed);
    }
}
