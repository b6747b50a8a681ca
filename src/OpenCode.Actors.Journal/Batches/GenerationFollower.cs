using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Journal.Batches;

/// <summary>
/// Generations that begin while the journal is open (rule "Good cursor", rule "Life of the database"). A process is held against a new one as a client's cursor is: if all
/// that it has is part of it, it goes on there, and otherwise it ends.
/// </summary>
internal sealed partial class GenerationFollower(IBatchStore store, BatchLog log, Timeline timeline, ILogger logger, CancellationToken stopping)
{
    // More than are ever needed: while the store is away, clients reconnect again and again.
    private const int MaxClaims = 1000;

    private readonly Lock _claimsGate = new();
    private readonly List<(long Generation, long Offset)> _claims = [];
    private Timeline _timeline = timeline;

    public Timeline Timeline => Volatile.Read(ref _timeline);

    /// <summary>Takes a client's cursor that names something this process has not; the next round of the tail looks into it.</summary>
    public void Claim(long generation, long offset)
    {
        lock (_claimsGate)
        {
            if (_claims.Count < MaxClaims)
                _claims.Add((generation, offset));
        }
    }

    /// <summary>Looks into what clients have that this process has not, after all was read that others had committed.</summary>
    public async ValueTask VerifyClaimsAsync()
    {
        (long Generation, long Offset)[] claims;
        lock (_claimsGate)
        {
            if (_claims.Count == 0)
                return;

            claims = [.. _claims];
        }

        var ends = await store.ReadEndsAsync(stopping).ConfigureAwait(false);
        await FollowAsync(ends.Generation).ConfigureAwait(false);
        var current = Timeline.Current;
        var furthest = claims.Where(c => c.Generation == current).Select(c => c.Offset).DefaultIfEmpty().Max();
        if (furthest > ends.Head && await store.BeginGenerationAsync(current, furthest, stopping).ConfigureAwait(false))
        {
            LogRestored(logger, current, furthest, ends.Head);
            await AdoptAsync().ConfigureAwait(false);
        }

        // Kept over failed tries.
        lock (_claimsGate)
            _claims.RemoveRange(0, claims.Length);
    }

    /// <summary>Before entries of a later generation are seen, this process is in it: their ids are of it.</summary>
    public async ValueTask FollowAsync(IReadOnlyList<StoredBatch> batches)
    {
        if (batches.Count == 0 || batches[^1].Generation <= Timeline.Current)
            return;

        await AdoptAsync().ConfigureAwait(false);
        if (batches[^1].Generation > Timeline.Current)
            throw new StoreLifeException($"it has entries of generation {batches[^1].Generation}, but is in {Timeline.Current}");
    }

    /// <summary>Goes on in the generation that runs, where that is another one.</summary>
    /// <exception cref="StoreLifeException">Not all that this process has is part of it.</exception>
    public ValueTask FollowAsync(long generation) => generation == Timeline.Current ? default : AdoptAsync();

    /// <summary>Has the store note that it is in another life, unless it has by now. Does not fail.</summary>
    public async Task NoteLifeAsync()
    {
        try
        {
            await store.BeginGenerationAsync(Timeline.Current, stopping).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreException or OperationCanceledException or ObjectDisposedException)
        {
            LogNotNoted(logger, e);
        }
    }

    private async ValueTask AdoptAsync()
    {
        // In this order: what is published meanwhile may be of a generation that another call has adopted.
        var head = Math.Max(log.Head, log.OwnLast);
        var last = log.Last;
        var known = Timeline;
        var life = await store.ReadLifeAsync(last, stopping).ConfigureAwait(false);
        var found = life.Timeline;
        if (found.Current == known.Current)
            return;

        if (found.Current < known.Current)
            throw new StoreLifeException($"it is in generation {found.Current}, this process in {known.Current}");

        var least = found.LeastHeadAfter(known.Current);
        if (head > least)
            throw new StoreLifeException($"of generation {known.Current}, in which this process has read up to {head}, it has kept no more than {least}");

        if (last is not null && life.Ends.Floor < last.Last && !last.IsSame(life.Found))
            throw new StoreLifeException($"the batch at {last.First}, which this process has read, is not part of generation {found.Current}");

        // Another call may have been faster, and adopted a later one already.
        if (Interlocked.CompareExchange(ref _timeline, found, known) == known)
            LogAdopted(logger, found.Current, least, known.Current);
    }

    [LoggerMessage(EventId = 3027, Level = LogLevel.Error,
        Message = "The new life of the store could not be noted. Before nodes start again: make sure that the generation has grown, or cursors may be resumed wrongly.")]
    private static partial void LogNotNoted(ILogger logger, Exception cause);

    [LoggerMessage(EventId = 3028, Level = LogLevel.Information,
        Message = "The store is in generation {Found}; generation {Known} is kept up to {Least}, so all that is here is part of it, and this process goes on.")]
    private static partial void LogAdopted(ILogger logger, long found, long least, long known);

    [LoggerMessage(EventId = 3029, Level = LogLevel.Warning,
        Message = "A client has a cursor of generation {Generation} at {Offset}, but the head is {Head}: the store was taken back to an older state, or the cursor is made up. A new generation begins.")]
    private static partial void LogRestored(ILogger logger, long generation, long offset, long head);
}
