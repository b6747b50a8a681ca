using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Tools.Paths;

/// <summary>The state of each file when a session last read it: a later change by another program is found before it is overwritten.</summary>
/// <remarks>In memory, and the oldest are forgotten: a file that is not known here is taken as it is, as after a restart.</remarks>
internal sealed class ReadStamps
{
    private const int MostKept = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Session, string Path), FileStamp> _stamps = [];
    private readonly Queue<(string Session, string Path)> _order = new();

    /// <summary>A session has seen a file as it is.</summary>
    public void Note(SessionId session, string path, FileStamp stamp)
    {
        lock (_lock)
        {
            if (!_stamps.ContainsKey((session.Value, path)))
                _order.Enqueue((session.Value, path));
            _stamps[(session.Value, path)] = stamp;
            if (_order.Count > MostKept)
                _stamps.Remove(_order.Dequeue());
        }
    }

    /// <summary>Refuses a change of a file that is not as the session has seen it.</summary>
    /// <exception cref="ToolRefusedException">It was changed meanwhile.</exception>
    public void Check(SessionId session, string path, FileStamp? now)
    {
        lock (_lock)
        {
            if (!_stamps.TryGetValue((session.Value, path), out var seen) || seen == now)
                return;
        }

        throw new ToolRefusedException(now is null
            ? $"The file {path} was removed after this session last read or wrote it. Nothing was changed. Look at what is there before you write it."
            : $"The file {path} was changed after this session last read or wrote it. Nothing was changed. Read it again, then repeat the call against what it holds now.");
    }

    /// <summary>Forgets a file: what comes next is not held against what was seen.</summary>
    public void Forget(SessionId session, string path)
    {
        lock (_lock)
            _stamps.Remove((session.Value, path));
    }
}
