using System.Collections.Concurrent;
using OpenCode.Actors.Clustering.Looks;

namespace OpenCode.Actors.Clustering.Memory;

/// <summary>The addresses of nodes that live in one process. Where nothing was said, the connection is refused.</summary>
public sealed class MemoryNetwork : IReachability
{
    private readonly ConcurrentDictionary<Uri, Reach> _addresses = new();

    /// <summary>Says what an attempt to connect shows from now on.</summary>
    /// <param name="url">The address.</param>
    /// <param name="reach">The answer.</param>
    public void Set(Uri url, Reach reach) => _addresses[url] = reach;

    /// <inheritdoc/>
    public ValueTask<Reach> ProbeAsync(Uri url, CancellationToken cancellationToken) => new(_addresses.GetValueOrDefault(url, Reach.Refused));
}
