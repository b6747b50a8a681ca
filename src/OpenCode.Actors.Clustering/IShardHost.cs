using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Clustering;

/// <summary>What runs the shards of this node. The cluster tells it what it may run.</summary>
/// <remarks>
/// The three calls with a task come one after the other. Only a <see cref="CloseAsync"/> that abandons may come while another one is under way: the token of that one is
/// cancelled before, and what it says later is not listened to. A call that fails is logged and made again after a second, if it is still wanted.
/// </remarks>
public interface IShardHost
{
    /// <summary>Gets a task that ends when nothing can run here any more: there is nothing left to give away in order, and the others take it over.</summary>
    Task Failed { get; }

    /// <summary>Lets shards run here from now on.</summary>
    /// <param name="shards">Which, and the tokens that their appends carry. None of them is open under another token.</param>
    /// <param name="writtenThrough">The log up to this offset has all that their earlier owners wrote; null where the log has to be asked how far it is.</param>
    /// <param name="cancellationToken">The shards are lost meanwhile.</param>
    ValueTask OpenAsync(IReadOnlyList<Fence> shards, long? writtenThrough, CancellationToken cancellationToken);

    /// <summary>Ends what runs of these shards. Afterwards nothing of them runs here and nothing more of them will be appended.</summary>
    /// <param name="shards">Which; one that is not open needs nothing.</param>
    /// <param name="abandon">They are lost already: do not try to write how their turns ended. Otherwise open turns are closed as aborted (RULES G2).</param>
    /// <param name="cancellationToken">The shards are lost meanwhile.</param>
    /// <returns>Of shards that were open, and are not abandoned: the log up to this offset has all that was written to them.</returns>
    ValueTask<long> CloseAsync(IReadOnlyList<int> shards, bool abandon, CancellationToken cancellationToken);

    /// <summary>Returns the shards with a running turn: a rebalance leaves them where they are, a drain waits for them (RULES G2).</summary>
    /// <param name="cancellationToken">The answer is not needed any more.</param>
    ValueTask<IReadOnlySet<int>> BusyAsync(CancellationToken cancellationToken);

    /// <summary>Begins no new tool and no new call of a model: the local deadline has passed (RULES F1). Shards stay open.</summary>
    void Suspend();

    /// <summary>Goes on after <see cref="Suspend"/>, if it was suspended: a renewal was answered, or the node has joined again.</summary>
    void Resume();
}
