using System.Globalization;
using System.Text;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>
/// Splits a body into frames and refuses all that opencode's clients would not expect. On purpose not the product's parser: a judge must not share the mistakes of the judged.
/// </summary>
internal sealed class SseReader(HttpResponseReader response)
{
    private byte[] _buffer = new byte[64 * 1024];
    private int _at;
    private int _filled;

    /// <summary>Reads the next frame.</summary>
    /// <returns>The frame, or <see langword="null"/> at the announced end of the response.</returns>
    /// <exception cref="InvalidDataException">A line or a frame that is not of this protocol, or an end within a frame.</exception>
    public async ValueTask<SseFrame?> NextAsync(CancellationToken cancellationToken)
    {
        string? id = null, data = null;
        int? retry = null;
        var any = false;
        while (true)
        {
            switch (await LineAsync(cancellationToken))
            {
                case null:
                    return any ? throw new InvalidDataException("The stream ended cleanly in the middle of a frame.") : null;
                case "":
                    return new SseFrame(id, retry, data ?? string.Empty);
                case var line when line.StartsWith("data: ", StringComparison.Ordinal):
                    data = data is null ? line[6..] : data + "\n" + line[6..];
                    break;
                case var line when line.StartsWith("id: ", StringComparison.Ordinal):
                    id = line[4..];
                    break;
                case var line when line.StartsWith("retry: ", StringComparison.Ordinal):
                    retry = int.Parse(line[7..], CultureInfo.InvariantCulture);
                    break;
                case var line:
                    throw new InvalidDataException($"Not a line of this protocol: '{line}'.");
            }

            any = true;
        }
    }

    private async ValueTask<string?> LineAsync(CancellationToken cancellationToken)
    {
        var searched = _at;
        while (true)
        {
            var end = _buffer.AsSpan(searched, _filled - searched).IndexOf((byte)'\n');
            if (end >= 0)
            {
                var line = Encoding.UTF8.GetString(_buffer, _at, searched + end - _at);
                _at = searched + end + 1;
                return line;
            }

            searched = _filled;
            if (_filled == _buffer.Length)
            {
                MakeRoom();
                searched = _filled;
            }

            var count = await response.ReadBodyAsync(_buffer.AsMemory(_filled), cancellationToken);
            if (count == 0)
                return _at == _filled ? null : throw new InvalidDataException("The stream ended cleanly in the middle of a line.");

            _filled += count;
        }
    }

    private void MakeRoom()
    {
        if (_at == 0)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
            return;
        }

        _buffer.AsSpan(_at, _filled - _at).CopyTo(_buffer);
        _filled -= _at;
        _at = 0;
    }
}
