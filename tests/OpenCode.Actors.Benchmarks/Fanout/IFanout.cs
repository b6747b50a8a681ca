using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Benchmarks.Fanout;

/// <summary>A way to bring an event to a number of clients.</summary>
internal interface IFanout : IAsyncDisposable
{
    /// <summary>Gets what the clients got so far, all together.</summary>
    long Deliveries { get; }

    /// <summary>Adds clients.</summary>
    Task ConnectAsync(int clients);

    /// <summary>Publishes an event some times.</summary>
    void Publish(EntryDraft draft, int count);
}
