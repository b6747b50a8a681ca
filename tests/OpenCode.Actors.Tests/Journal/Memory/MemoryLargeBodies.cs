using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Journal.Memory;

/// <summary>Large bodies of a cluster in memory. Thread-safe.</summary>
/// <param name="time">The clock of the store.</param>
internal sealed class MemoryLargeBodies(TimeProvider time) : ILargeBodies
{
    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, (byte[] Body, DateTimeOffset At)> _bodies = new(StringComparer.Ordinal);

    /// <summary>Gets how many there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                SweepNeedsLock();
                return _bodies.Count;
            }
        }
    }

    public ValueTask PutAsync(string key, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        lock (_gate)
            _bodies[key] = (body.ToArray(), time.GetUtcNow());

        return ValueTask.CompletedTask;
    }

    public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(string key, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            SweepNeedsLock();
            return new(_bodies.TryGetValue(key, out var found) ? found.Body : (ReadOnlyMemory<byte>?)null);
        }
    }

    /// <summary>Deletes those that an append names, if they are there.</summary>
    public void Remove(IReadOnlyList<string> keys)
    {
        lock (_gate)
        {
            foreach (var key in keys)
                _bodies.Remove(key);
        }
    }

    private void SweepNeedsLock()
    {
        var now = time.GetUtcNow();
        foreach (var key in _bodies.Where(b => now - b.Value.At > Kept).Select(static b => b.Key).ToList())
            _bodies.Remove(key);
    }
}
