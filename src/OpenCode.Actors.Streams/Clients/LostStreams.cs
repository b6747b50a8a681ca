using System.Runtime.InteropServices;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>The streams that ended a moment ago and whose clients may reconnect.</summary>
internal sealed class LostStreams(TimeProvider time)
{
    private readonly List<Lost> _lost = [];

    public void Add(string? location, TimeSpan awaitedFor)
    {
        var now = time.GetTimestamp();
        _lost.RemoveAll(lost => lost.AwaitedUntil <= now);
        _lost.Add(new Lost(location, now + (long)(awaitedFor.TotalSeconds * time.TimestampFrequency)));
    }

    /// <summary>A client has come, so one less is waited for.</summary>
    public void CameBack(string? location)
    {
        var index = _lost.FindIndex(lost => lost.Location == location);
        if (index >= 0)
            _lost.RemoveAt(index);
    }

    /// <summary>Forgets all of them: no client is waited for any more.</summary>
    public void Clear() => _lost.Clear();

    /// <summary>Returns how long those of a location are still waited for.</summary>
    /// <param name="location">The location; null for all.</param>
    public IReadOnlyList<TimeSpan> AwaitedFor(string? location)
    {
        var now = time.GetTimestamp();
        return _lost
            .Where(lost => lost.AwaitedUntil > now && (location is null || lost.Location == location))
            .Select(lost => time.GetElapsedTime(now, lost.AwaitedUntil))
            .ToList();
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Lost(string? Location, long AwaitedUntil);
}
