using OpenCode.Actors.Protocol.Texts;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Models.Mcp;

/// <summary>Masks the secrets of one server in its errors: a server may repeat what it was given.</summary>
internal sealed class MaskedErrors(IReadOnlyList<string> secrets)
{
    // A shorter one hides nothing, and would spoil every sentence.
    private const int ShortestSecret = 4;
    private const int Longest = 1_000;

    private readonly string[] _secrets = [.. secrets.SelectMany(Forms).Where(static secret => secret.Length >= ShortestSecret).Distinct(StringComparer.Ordinal).OrderByDescending(static secret => secret.Length)];

    /// <summary>Makes the error for an exception.</summary>
    public ToolServerException Of(Exception cause) => Of(cause is ToolServerException ? cause.Message : Sentence(cause));

    /// <summary>Makes an error.</summary>
    public ToolServerException Of(string error) => new(Mask(error));

    /// <summary>Masks the secrets in a text.</summary>
    public string Mask(string text)
    {
        foreach (var secret in _secrets)
            text = text.Replace(secret, "***", StringComparison.Ordinal);
        return TextCut.Start(text, Longest, "…");
    }

    // "Bearer xyz" is one text in a header, and its second half is the secret.
    private static IEnumerable<string> Forms(string secret) => [secret, .. secret.Split([' ', '&', '=', ':', '?'], StringSplitOptions.RemoveEmptyEntries).Where(static part => part.Length >= 8)];

    private static string Sentence(Exception cause)
    {
        var text = cause.Message.Trim();
        return text.EndsWith('.') ? text : text + ".";
    }
}
