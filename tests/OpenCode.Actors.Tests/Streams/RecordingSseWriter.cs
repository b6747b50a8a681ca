using System.Text.Json;
using OpenCode.Actors.Tests.TestKit.Sse;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Clients;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>An event as the client got it.</summary>
/// <param name="Type">The event's type, of the payload if it is wrapped.</param>
/// <param name="EventId">The event's id.</param>
/// <param name="Id">The last event id after it.</param>
/// <param name="Json">The whole event.</param>
internal sealed record SeenEvent(string Type, string EventId, string Id, JsonElement Json);

/// <summary>A client in memory: it takes frames at once, or holds the write, or fails where the test says.</summary>
internal sealed class RecordingSseWriter : ISseWriter
{
    private readonly SseParser _parser = new();
    private readonly List<SeenEvent> _events = [];
    private TaskCompletionSource? _held;

    /// <summary>Gets or sets a value indicating whether writes wait for <see cref="Release"/>.</summary>
    public bool Holds { get; set; }

    /// <summary>Gets or sets after how many frames in all the connection breaks.</summary>
    public int CutAfterFrames { get; set; } = int.MaxValue;

    /// <summary>Gets or sets what the next write throws before it takes anything.</summary>
    public Exception? Fault { get; set; }

    /// <summary>Gets or sets a value indicating whether only a part of the next frame arrives before the write fails.</summary>
    public bool TakesHalfAFrame { get; set; }

    /// <summary>Gets or sets what the reset throws, against its contract.</summary>
    public Exception? ResetFault { get; set; }

    /// <summary>Gets or sets what the clean end fails with.</summary>
    public Exception? EndFault { get; set; }

    /// <summary>Gets or sets a value indicating whether the clean end never ends.</summary>
    public bool HoldsEnd { get; set; }

    /// <summary>Gets or sets a callback for each event at its arrival.</summary>
    public Action<SeenEvent>? Watch { get; set; }

    /// <summary>Gets the events that arrived whole.</summary>
    public IReadOnlyList<SeenEvent> Events => _events;

    /// <summary>Gets those of the log.</summary>
    public IEnumerable<SeenEvent> LogEvents => _events.Where(e => e.Type is not ("server.connected" or "server.heartbeat" or "hub.gap"));

    public string LastEventId => _parser.LastEventId;

    public TimeSpan? ReconnectionTime => _parser.ReconnectionTime;

    public int Frames { get; private set; }

    public int Writes { get; private set; }

    public int LargestWrite { get; private set; }

    public int FirstWriteFrames { get; private set; }

    public StreamEnd? ResetBy { get; private set; }

    public bool EndedCleanly { get; private set; }

    public bool IsWriting => _held is not null;

    /// <summary>Gets the run of the last write, which is no longer the writer's.</summary>
    public FrameRun? LastRun { get; private set; }

    public List<byte[]> FrameBytes { get; } = [];

    public ValueTask WriteAsync(FrameRun run, CancellationToken cancellationToken)
    {
        Assert.False(IsWriting, "A write began before the last one ended.");
        Assert.Null(ResetBy);
        Assert.False(EndedCleanly);
        Writes++;
        LastRun = run;
        LargestWrite = Math.Max(LargestWrite, run.Bytes);
        if (Writes == 1)
            FirstWriteFrames = run.Count;
        if (Fault is { } fault)
            throw fault;

        foreach (var frame in run)
        {
            if (TakesHalfAFrame)
            {
                Feed(frame.Span[..(frame.Length / 2)]);
                throw new IOException("The connection was reset after half a frame.");
            }

            if (Frames == CutAfterFrames)
                throw new IOException("The connection was reset.");

            Frames++;
            FrameBytes.Add(frame.ToArray());
            Feed(frame.Span);
        }

        if (!Holds)
            return ValueTask.CompletedTask;

        _held = new TaskCompletionSource();
        return new ValueTask(_held.Task);
    }

    public void Reset(StreamEnd end)
    {
        ResetBy ??= end;
        _held = null;
        if (ResetFault is not null)
            throw ResetFault;
    }

    public ValueTask EndAsync()
    {
        if (HoldsEnd)
            return new ValueTask(new TaskCompletionSource().Task);
        if (EndFault is not null)
            return ValueTask.FromException(EndFault);

        EndedCleanly = true;
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends the write under way; later ones are held again.</summary>
    public void Release()
    {
        var held = _held ?? throw new InvalidOperationException("No write is held.");
        _held = null;
        held.SetResult();
    }

    /// <summary>Lets the write under way fail.</summary>
    public void Fail(Exception cause)
    {
        var held = _held ?? throw new InvalidOperationException("No write is held.");
        _held = null;
        held.SetException(cause);
    }

    private void Feed(ReadOnlySpan<byte> bytes)
    {
        foreach (var sse in _parser.Feed(bytes))
        {
            var json = JsonDocument.Parse(sse.Data).RootElement;
            var payload = json.TryGetProperty("payload", out var inner) ? inner : json;
            _events.Add(new SeenEvent(payload.GetProperty("type").GetString()!, payload.GetProperty("id").GetString()!, sse.LastEventId, json));
            Watch?.Invoke(_events[^1]);
        }
    }
}
