using System.Buffers;
using System.Globalization;
using System.Text;

namespace OpenCode.Actors.Server.Edge;

/// <summary>Passes the requests of a connection on line by line, and adds the length 0 to each POST and PUT of HTTP/1.0 without a length.</summary>
/// <remarks>HTTP/1.0 asks for a length there (RFC 1945, 8.3) and Kestrel insists; nginx at its defaults passes a POST without a body on without one.</remarks>
internal sealed class Http10Lengths
{
    // Kestrel reads no longer line. What is not understood passes as it is, and Kestrel refuses it.
    private const int MaxLineBytes = 32 * 1024;

    private bool _isInHead;
    private bool _needsLength;
    private long _announcedBytes;
    private long _bodyBytes;
    private bool _passesAll;

    /// <summary>Passes complete lines on.</summary>
    /// <param name="input">What came and is not passed on yet.</param>
    /// <param name="isLast">Whether nothing follows.</param>
    /// <param name="output">Where it goes.</param>
    /// <returns>What has to wait for the rest of its line.</returns>
    public ReadOnlySequence<byte> Pass(ReadOnlySequence<byte> input, bool isLast, IBufferWriter<byte> output)
    {
        while (!input.IsEmpty)
        {
            var count = _passesAll ? input.Length : Math.Min(_bodyBytes, input.Length);
            if (count == 0)
            {
                if (input.PositionOf((byte)'\n') is not { } end)
                {
                    _passesAll = isLast || input.Length > MaxLineBytes;
                    if (!_passesAll)
                        return input;
                    continue;
                }

                var line = input.Slice(0, input.GetPosition(1, end));
                TakeLine(Encoding.Latin1.GetString(line).TrimEnd('\r', '\n'), output);
                count = line.Length;
            }
            else
            {
                _bodyBytes = Math.Max(0, _bodyBytes - count);
            }

            foreach (var piece in input.Slice(0, count))
                output.Write(piece.Span);
            input = input.Slice(count);
        }

        return input;
    }

    private void TakeLine(string line, IBufferWriter<byte> output)
    {
        if (!_isInHead)
        {
            _isInHead = line.Length > 0;
            _needsLength = line.EndsWith(" HTTP/1.0", StringComparison.Ordinal)
                && (line.StartsWith("POST ", StringComparison.Ordinal) || line.StartsWith("PUT ", StringComparison.Ordinal));
        }
        else if (line.Length == 0)
        {
            _isInHead = false;
            (_bodyBytes, _announcedBytes) = (_announcedBytes, 0);
            if (_needsLength)
                output.Write("Content-Length: 0\r\n"u8);
        }
        else if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
        {
            _needsLength = false;
            _passesAll = !long.TryParse(line.AsSpan("Content-Length:".Length).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out _announcedBytes);
        }
        else if (line.StartsWith("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase))
        {
            _passesAll = true;
        }
    }
}
