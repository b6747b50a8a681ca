namespace OpenCode.Actors.Streams.Clients;

/// <summary>
/// The key of what takes <see cref="StreamHubActor.WaitFlushed"/> and <see cref="StreamHubActor.DisposeLocation"/> for all streams there are: one node has its hub under it, a
/// cluster registers the barrier over all nodes instead.
/// </summary>
internal sealed class OrderBarrier;
