namespace OpenCode.Actors.Models.Providers;

/// <summary>Joins halves of characters in streamed text: each piece ends between two characters, and half of one waits for the next piece.</summary>
internal sealed class WholeCharacters
{
    private string _half = "";

    /// <summary>Takes a piece and returns the whole characters so far.</summary>
    public string Take(string piece)
    {
        var text = _half + piece;
        _half = text is [.., var last] && char.IsHighSurrogate(last) ? text[^1..] : "";
        return JsonText.WithoutHalves(text[..^_half.Length]);
    }

    /// <summary>Returns U+FFFD for a half that still waits at the end of the stream; else an empty text.</summary>
    public string Complete()
    {
        var half = _half;
        _half = "";
        return JsonText.WithoutHalves(half);
    }
}
