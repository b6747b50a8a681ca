using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace OpenCode.Actors.Sessions.Attachments;

/// <summary>A <c>data:</c> URL (RFC 2397). The data stays in the text of the URL until it is read: it may be large.</summary>
internal readonly struct DataUrl
{
    private const string Scheme = "data:";

    // What decoders of base64 pass over.
    private static readonly SearchValues<char> _whiteSpace = SearchValues.Create(" \t\r\n");

    private readonly string _url;
    private readonly int _start;
    private readonly bool _isBase64;

    private DataUrl(string url, int start, bool isBase64) => (_url, _start, _isBase64) = (url, start, isBase64);

    private ReadOnlySpan<char> Payload => _url.AsSpan(_start);

    /// <summary>True if it is a URL of this kind.</summary>
    public static bool Is(string url) => url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a URL.</summary>
    /// <exception cref="FormatException">It is no such URL; the message says why.</exception>
    public static DataUrl Parse(string url)
    {
        var comma = url.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0)
            throw new FormatException("a data: URL has a comma before its data: give data:TYPE;base64,DATA.");

        var data = new DataUrl(url, comma + 1, url.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase));
        if (data._isBase64 && data.Payload.Contains('%'))
            data = new DataUrl(Uri.UnescapeDataString(url[(comma + 1)..]), 0, isBase64: true);
        if (data._isBase64 && !Base64.IsValid(data.Payload))
            throw new FormatException("the data of a data: URL with ;base64 has to be base64.");
        return data;
    }

    /// <summary>Decodes the data.</summary>
    public byte[] Decode() => _isBase64 ? Convert.FromBase64String(_start == 0 ? _url : _url[_start..]) : Encoding.UTF8.GetBytes(Uri.UnescapeDataString(_url[_start..]));

    /// <summary>Gives the data in base64 without white space: where the URL has it so, a part of its text.</summary>
    public ReadOnlyMemory<char> ToBase64() => _isBase64 && !Payload.ContainsAny(_whiteSpace) ? _url.AsMemory(_start) : Convert.ToBase64String(Decode()).AsMemory();

    /// <summary>Decodes the first bytes of the data, as many as decide what it is.</summary>
    public byte[] DecodeStart(int count)
    {
        if (!_isBase64)
            return Decode();

        // White space may be anywhere in base64: a little more is taken than needed.
        var some = Payload[..Math.Min(Payload.Length, (count * 2) + 64)].ToString();
        some = string.Concat(some.Where(static c => !char.IsWhiteSpace(c)));
        return Convert.FromBase64String(some[..(some.Length / 4 * 4)]);
    }
}
