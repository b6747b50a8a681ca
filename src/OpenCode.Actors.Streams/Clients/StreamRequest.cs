using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>A client that wants events.</summary>
/// <param name="kind">What it wants.</param>
/// <param name="location">The directory of a bare stream; of a session stream that of the session, if known.</param>
/// <param name="sessionId">The session of a session stream.</param>
/// <param name="cursor">The last id it has, as it was sent; null or empty to begin at the tail.</param>
/// <param name="writer">Where the frames go.</param>
internal sealed class StreamRequest(StreamKind kind, string? location, string? sessionId, string? cursor, ISseWriter writer)
{
    private readonly TaskCompletionSource<StreamEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StreamKind Kind { get; } = kind;

    /// <summary>Gets a value indicating whether its events come in a wrapper, with sync twins.</summary>
    public bool IsWrapped => Kind == StreamKind.Wrapped;

    public string? Location { get; } = location;

    public string? Cursor { get; } = cursor;

    /// <summary>Gets the offset after which a stream that does not resume begins at the latest; its tail when it is opened unless this is set.</summary>
    public long BeginsBy { get; init; } = long.MaxValue;

    public ISseWriter Writer { get; } = writer;

    /// <summary>Gets what the stream selects: entries of exactly its location, of its session, or all.</summary>
    public EntryFilter Filter { get; } = kind switch
    {
        StreamKind.Bare => new EntryFilter(Location: location ?? throw new ArgumentNullException(nameof(location))),
        StreamKind.Session => new EntryFilter(SessionId: sessionId ?? throw new ArgumentNullException(nameof(sessionId))),
        _ => EntryFilter.All,
    };

    /// <summary>Gets the stream's end, after the writer's <see cref="ISseWriter.Reset"/> or <see cref="ISseWriter.EndAsync"/>. It never fails.</summary>
    public Task<StreamEnd> Ended => _ended.Task;

    /// <summary>Gets a value indicating whether a stream that begins without a cursor is sent what changed lately.</summary>
    /// <remarks>
    /// Clients of <c>/global/event</c>, such as the TUI, connect again without one. Those of <c>/event</c> resume with theirs, and <c>run --attach</c> prints each text that comes: the
    /// answers of former turns too.
    /// </remarks>
    public bool WantsChanges => Kind == StreamKind.Wrapped;

    internal void End(StreamEnd end) => _ended.TrySetResult(end);
}
