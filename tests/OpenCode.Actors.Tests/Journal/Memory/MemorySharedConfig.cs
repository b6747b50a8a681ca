using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Journal.Memory;

/// <summary>The config of a cluster in memory. Thread-safe.</summary>
internal sealed class MemorySharedConfig : ISharedConfig
{
    private readonly Lock _gate = new();
    private StoredConfig _stored = new(0, "{}"u8.ToArray());

    public long Version
    {
        get
        {
            lock (_gate)
                return _stored.Version;
        }
    }

    public ValueTask<StoredConfig> ReadAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return new(_stored);
    }

    public ValueTask<long?> TryReplaceAsync(long expected, ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_stored.Version != expected)
                return new((long?)null);

            _stored = new(expected + 1, json.ToArray());
            return new(_stored.Version);
        }
    }
}
