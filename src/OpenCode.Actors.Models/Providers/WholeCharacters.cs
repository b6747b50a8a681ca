namespace OpenCode.Actors.Models.Providers;

/// <summary>One streamed text, in pieces that end between two characters: half of one waits for the next piece.</summary>
internal sealed class WholeCharacters
{
    private string _half = "";

    /// <summary>Takes a piece and returns what is whole of it.</summary>
    public string Take(string piece)
    {
        var text = _half + piece;
        _half = text is [.., var last] && char.IsHighSurrogate(last) ? text[^1..] : "";
        return JsonText.WithoutHalves(text[..^_half.Length]);
    }

    /// <summary>Returns what waits still: no other half came.</summary>
    public string Complete()
    {
        var half = _half;
        _half = "";
        return JsonText.WithoutHalves(half);
    }
}
