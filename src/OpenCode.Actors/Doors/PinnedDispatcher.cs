namespace OpenCode.Actors.Doors;

/// <summary>One thread for one actor.</summary>
internal sealed class PinnedDispatcher(string actor) : IDispatcher, IDisposable
{
    private readonly ThreadDispatcher _thread = new($"pinned-{actor}", maxThreads: 1);

    public long Milliseconds => _thread.Milliseconds;

    public void Schedule(IThreadPoolWorkItem turn, bool preferLocal) => _thread.Schedule(turn, preferLocal);

    public void Dispose() => _thread.Dispose();
}
