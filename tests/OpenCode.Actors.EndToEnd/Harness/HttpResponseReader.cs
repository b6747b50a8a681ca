using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Reads one HTTP/1 response off a socket, byte by byte as the wire has it: how a body ends is what the tests are about.</summary>
internal sealed class HttpResponseReader(Socket socket)
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _at;
    private int _filled;
    private bool _chunked;
    private bool _first = true;
    private long _left;

    /// <summary>Gets or sets how long it waits before it reads its socket, to take at once what has come by then: many clients in one process leave the machine to the server that they watch.</summary>
    public TimeSpan Pause { get; set; }

    public int Status { get; private set; }

    public string Head { get; private set; } = string.Empty;

    public IReadOnlyDictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>();

    public async Task ReadHeadAsync(CancellationToken cancellationToken)
    {
        var statusLine = await ReadLineAsync(cancellationToken);
        var parts = statusLine.Split(' ', 3);
        if (parts.Length < 2 || !statusLine.StartsWith("HTTP/1.", StringComparison.Ordinal))
            throw new InvalidDataException($"Not an HTTP status line: '{statusLine}'.");

        Status = int.Parse(parts[1], CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var head = new StringBuilder(statusLine);
        while (await ReadLineAsync(cancellationToken) is { Length: > 0 } line)
        {
            head.Append('\n').Append(line);
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        Headers = headers;
        Head = head.ToString();
        _chunked = headers.TryGetValue("Transfer-Encoding", out var coding) && coding == "chunked";
        _left = headers.TryGetValue("Content-Length", out var length) ? long.Parse(length, CultureInfo.InvariantCulture) : long.MaxValue;
        if (Status is 204 or 304)
            _left = 0;
    }

    /// <summary>Reads the next bytes of the body.</summary>
    /// <returns>0 after an end that the response itself announced (last chunk, or its length).</returns>
    /// <exception cref="EndOfStreamException">The connection was closed before that: the body is cut.</exception>
    public async ValueTask<int> ReadBodyAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        if (_chunked && (_first || _left == 0))
        {
            if (!_first)
                await ReadLineAsync(cancellationToken); // The line end after a chunk.

            _first = false;
            var size = await ReadLineAsync(cancellationToken);
            _left = long.Parse(size.Split(';')[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            if (_left == 0)
            {
                await ReadLineAsync(cancellationToken);
                _chunked = false;
                return 0;
            }
        }

        if (_left == 0)
            return 0;

        if (_at == _filled)
            await FillAsync(cancellationToken);

        var count = (int)Math.Min(Math.Min(_filled - _at, into.Length), _left);
        _buffer.AsMemory(_at, count).CopyTo(into);
        _at += count;
        _left -= count;
        return count;
    }

    public async Task<string> ReadTextAsync(CancellationToken cancellationToken)
    {
        using var all = new MemoryStream();
        var part = new byte[16 * 1024];
        try
        {
            while (await ReadBodyAsync(part, cancellationToken) is > 0 and var count)
                all.Write(part, 0, count);
        }
        catch (EndOfStreamException) when (_left > int.MaxValue)
        {
            // A body without length and without chunks ends with its connection.
        }

        return Encoding.UTF8.GetString(all.ToArray());
    }

    private async ValueTask<string> ReadLineAsync(CancellationToken cancellationToken)
    {
        var line = new List<byte>();
        while (true)
        {
            if (_at == _filled)
                await FillAsync(cancellationToken);

            var next = _buffer[_at++];
            if (next == '\n')
                return Encoding.ASCII.GetString([.. line]).TrimEnd('\r');

            line.Add(next);
        }
    }

    private async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (Pause > TimeSpan.Zero)
            await Task.Delay(Pause, cancellationToken);

        _at = 0;
        _filled = await socket.ReceiveAsync(_buffer, SocketFlags.None, cancellationToken);
        if (_filled == 0)
            throw new EndOfStreamException("The connection was closed before the response was complete.");
    }
}
