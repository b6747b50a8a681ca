using OpenCode.Actors.Tests.TestKit.Doors;
using OpenCode.Actors.Tests.TestKit.Sse;

namespace OpenCode.Actors.Tests.Server.Http;

/// <summary>Reads an event stream frame by frame.</summary>
internal sealed class SseClient(HttpResponseMessage response) : IDisposable
{
    private readonly SseParser _parser = new();
    private readonly Queue<SseEvent> _read = new();
    private Stream? _body;

    public HttpResponseMessage Response => response;

    public SseParser Parser => _parser;

    /// <summary>Reads the next event; null at a clean end.</summary>
    public async Task<SseEvent?> NextAsync()
    {
        _body ??= await response.Content.ReadAsStreamAsync();
        var buffer = new byte[4_096];
        while (_read.Count == 0)
        {
            var count = await OtherThreads.EndAsync(_body.ReadAsync(buffer).AsTask());
            if (count == 0)
                return null;

            foreach (var one in _parser.Feed(buffer.AsSpan(0, count)))
                _read.Enqueue(one);
        }

        return _read.Dequeue();
    }

    /// <summary>Reads until an event whose data holds a text, and returns all up to it.</summary>
    public async Task<IReadOnlyList<SseEvent>> UntilAsync(string text)
    {
        var events = new List<SseEvent>();
        while (await NextAsync() is { } next)
        {
            events.Add(next);
            if (next.Data.Contains(text, StringComparison.Ordinal))
                return events;
        }

        throw new EndOfStreamException($"The stream ended before '{text}'. It had:\n{string.Join('\n', events.Select(e => e.Data))}");
    }

    public void Dispose() => response.Dispose();
}
