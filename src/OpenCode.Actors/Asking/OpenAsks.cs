namespace OpenCode.Actors.Asking;

/// <summary>The questions an actor has handled but not answered yet. They end with it.</summary>
internal sealed class OpenAsks
{
    private readonly List<AskRef> _asks = [];
    private int _cleanAt = 16;

    public int Count => _asks.Count;

    public void Add(AskRef ask)
    {
        if (_asks.Count >= _cleanAt)
        {
            _asks.RemoveAll(static a => a.IsCompleted);
            _cleanAt = Math.Max(16, 2 * _asks.Count);
        }

        _asks.Add(ask);
    }

    public void TargetEnded()
    {
        foreach (var ask in _asks)
            ask.Fail(new TargetTerminatedException(ask.Target));
    }
}
