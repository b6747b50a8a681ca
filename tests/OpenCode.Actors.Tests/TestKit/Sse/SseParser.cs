using System.Buffers;
using System.Globalization;
using System.Text;

namespace OpenCode.Actors.Tests.TestKit.Sse;

/// <summary>Reads an event stream as it comes in, cut anywhere (HTML 9.2.6). One reader at a time.</summary>
/// <param name="maxEventBytes">The greatest size of one event, so that a server without end of line cannot fill the memory.</param>
public sealed class SseParser(int maxEventBytes = 16 * 1024 * 1024)
{
    private static readonly byte[] _byteOrderMark = [0xEF, 0xBB, 0xBF];

    private readonly ArrayBufferWriter<byte> _line = new();
    private readonly StringBuilder _data = new();
    private string _type = "";
    private string _idBuffer = "";
    private bool _hasData;
    private bool _skipLineFeed;
    private bool _isFirstLine = true;

    /// <summary>Gets what to send as <c>Last-Event-ID</c> on the next connection; empty if the server gave none.</summary>
    public string LastEventId { get; private set; } = "";

    /// <summary>Gets how long the server asks to wait before the next connection; null if it did not.</summary>
    public TimeSpan? ReconnectionTime { get; private set; }

    /// <summary>Takes the next bytes.</summary>
    /// <param name="bytes">As they came; not kept.</param>
    /// <returns>The events that these bytes completed. An event without its blank line is never one, also at the end of the stream.</returns>
    /// <exception cref="InvalidDataException">An event is greater than allowed. The stream cannot be read on.</exception>
    public IReadOnlyList<SseEvent> Feed(ReadOnlySpan<byte> bytes)
    {
        List<SseEvent>? events = null;
        while (!bytes.IsEmpty)
        {
            // CR LF is one end of line, also when cut between the two.
            if (_skipLineFeed)
            {
                _skipLineFeed = false;
                if (bytes[0] == '\n')
                {
                    bytes = bytes[1..];
                    continue;
                }
            }

            var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
            Keep(end < 0 ? bytes : bytes[..end]);
            if (end < 0)
                break;

            _skipLineFeed = bytes[end] == '\r';
            bytes = bytes[(end + 1)..];
            if (EndLine() is { } completed)
                (events ??= []).Add(completed);
        }

        return events ?? (IReadOnlyList<SseEvent>)[];
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        if (_line.WrittenCount + _data.Length + bytes.Length > maxEventBytes)
            throw new InvalidDataException($"An event of the stream is greater than {maxEventBytes} bytes. Reset the connection.");

        _line.Write(bytes);
    }

    private SseEvent? EndLine()
    {
        var line = _line.WrittenSpan;
        if (_isFirstLine && line.StartsWith(_byteOrderMark))
            line = line[_byteOrderMark.Length..];
        _isFirstLine = false;

        SseEvent? completed = null;
        if (line.IsEmpty)
            completed = Dispatch();
        else if (line[0] != ':') // Else a comment.
            TakeField(line);

        _line.ResetWrittenCount();
        return completed;
    }

    private void TakeField(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        var name = colon < 0 ? line : line[..colon];
        var value = colon < 0 ? [] : line[(colon + 1)..];
        if (value.StartsWith((byte)' '))
            value = value[1..];

        if (name.SequenceEqual("data"u8))
        {
            _data.Append(Encoding.UTF8.GetString(value)).Append('\n');
            _hasData = true;
        }
        else if (name.SequenceEqual("event"u8))
        {
            _type = Encoding.UTF8.GetString(value);
        }
        else if (name.SequenceEqual("id"u8) && !value.Contains((byte)0))
        {
            _idBuffer = Encoding.UTF8.GetString(value);
        }
        else if (name.SequenceEqual("retry"u8) && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
        {
            ReconnectionTime = TimeSpan.FromMilliseconds(milliseconds);
        }
    }

    private SseEvent? Dispatch()
    {
        LastEventId = _idBuffer;
        SseEvent? completed = null;
        if (_hasData)
        {
            var data = _data.ToString(0, _data.Length - 1); // Without the last LF.
            completed = new SseEvent(_type.Length == 0 ? "message" : _type, data, LastEventId);
        }

        _data.Clear();
        _hasData = false;
        _type = "";
        return completed;
    }
}
