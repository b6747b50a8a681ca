using System.Text;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Tools;

namespace OpenCode.Actors.Models.Mcp;

/// <summary>The process of a server: a stream of its stdout, with the end of its stderr beside. Disposing it ends the process with all that it started.</summary>
internal sealed class McpProcess : ReadOnlyStream
{
    // A message is a line. One that does not end would fill the memory.
    private const int LongestLine = 64 << 20;
    private const int MostErrorCharacters = 400;
    private static readonly TimeSpan _lastWords = TimeSpan.FromMilliseconds(500);

    private readonly IToolProcess _process;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _closed = new();
    private readonly StringBuilder _error = new();
    private readonly Task _readsError;
    private ReadOnlyMemory<byte> _rest;
    private int _lineLength;

    public McpProcess(IToolProcess process, TimeProvider time)
    {
        (_process, _time) = (process, time);
        _readsError = ReadErrorAsync();
    }

    /// <summary>Gets what it reads from.</summary>
    public Stream Input => _process.Input;

    /// <summary>Describes its end: exit code and the last lines of stderr.</summary>
    public async Task<string> DescribeEndAsync()
    {
        // A process that closed its output and goes on is ended here. It is given a moment to end by itself, and to say why.
        await Task.WhenAny(Task.WhenAll(_process.ExitCode, _readsError), Task.Delay(_lastWords, _time));
        var how = _process.ExitCode.IsCompletedSuccessfully ? $"It ended with exit code {await _process.ExitCode}." : "It closed its output.";
        string said;
        lock (_error)
            said = _error.ToString().Trim();
        return said.Length == 0 ? how : $"{how} It said: {said}{(said.EndsWith('.') ? "" : ".")}";
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_rest.IsEmpty)
        {
            using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closed.Token);
            _rest = await _process.ReadAsync(OutputPipe.Out, given.Token);
            var end = _rest.Span.LastIndexOf((byte)'\n');
            _lineLength = end < 0 ? _lineLength + _rest.Length : _rest.Length - end - 1;
            if (_lineLength > LongestLine)
                throw new IOException($"The server sent a message of more than {LongestLine >> 20} MiB, the most that is read. Ask it for less.");
        }

        var taken = Math.Min(buffer.Length, _rest.Length);
        _rest[..taken].CopyTo(buffer);
        _rest = _rest[taken..];
        return taken;
    }

    public override async ValueTask DisposeAsync()
    {
        await _closed.CancelAsync();
        await _process.DisposeAsync();
        await base.DisposeAsync();
    }

    // Also so that a server that says much is not blocked.
    private async Task ReadErrorAsync()
    {
        var decoder = Encoding.UTF8.GetDecoder();
        var characters = new char[64 * 1024 + 1];
        try
        {
            while (await _process.ReadAsync(OutputPipe.Error, _closed.Token) is { IsEmpty: false } bytes)
            {
                var count = decoder.GetChars(bytes.Span, characters, flush: false);
                lock (_error)
                {
                    _error.Append(characters.AsSpan(0, count));
                    if (_error.Length > MostErrorCharacters)
                        _error.Remove(0, _error.Length - MostErrorCharacters);
                }
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The process is ended.
        }
    }
}
