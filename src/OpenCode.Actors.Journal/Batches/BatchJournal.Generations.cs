namespace OpenCode.Actors.Journal.Batches;

/// <content>
/// Generations that begin while the journal is open (RULES A3, E5). A process is held against a new one as a client's cursor is: if all that it has is part of it, it goes on
/// there, and otherwise it ends.
/// </content>
public sealed partial class BatchJournal
{
    // More than are ever needed: while the store is away, clients reconnect again and again.
    private const int MaxClaims = 1000;

    private readonly Lock _claimsGate = new();
    private readonly List<(long Generation, long Offset)> _claims = [];

    /// <inheritdoc/>
    public async ValueTask VerifyAsync(long generation, long offset, CancellationToken cancellationToken)
    {
        // A store that only this process appends to is not taken back under it: its cursors are known.
        if (!_store.IsShared)
            return;

        // Before the round is asked for that looks into it.
        lock (_claimsGate)
        {
            if (_claims.Count < MaxClaims)
                _claims.Add((generation, offset));
        }

        await CatchUpAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Looks into what clients have that this process has not, after all was read that others had committed.</summary>
    private async ValueTask VerifyClaimsAsync()
    {
        (long Generation, long Offset)[] claims;
        lock (_claimsGate)
        {
            if (_claims.Count == 0)
                return;

            claims = [.. _claims];
        }

        var ends = await _store.ReadEndsAsync(_stop.Token).ConfigureAwait(false);
        await FollowGenerationAsync(ends.Generation).ConfigureAwait(false);
        var current = Timeline.Current;
        var furthest = claims.Where(c => c.Generation == current).Select(c => c.Offset).DefaultIfEmpty().Max();
        if (furthest > ends.Head && await _store.BeginGenerationAsync(current, furthest, _stop.Token).ConfigureAwait(false))
        {
            LogRestored(_logger, current, furthest, ends.Head);
            await AdoptAsync().ConfigureAwait(false);
        }

        // Kept over failed tries.
        lock (_claimsGate)
            _claims.RemoveRange(0, claims.Length);
    }

    /// <summary>Before entries of a later generation are seen, this process is in it: their ids are of it.</summary>
    private async ValueTask FollowGenerationAsync(IReadOnlyList<StoredBatch> batches)
    {
        if (batches.Count == 0 || batches[^1].Generation <= Timeline.Current)
            return;

        await AdoptAsync().ConfigureAwait(false);
        if (batches[^1].Generation > Timeline.Current)
            throw new StoreLifeException($"it has entries of generation {batches[^1].Generation}, but is in {Timeline.Current}");
    }

    private ValueTask FollowGenerationAsync(long generation) => generation == Timeline.Current ? default : AdoptAsync();

    /// <summary>Goes on in the generation that runs.</summary>
    /// <exception cref="StoreLifeException">Not all that this process has is part of it.</exception>
    private async ValueTask AdoptAsync()
    {
        // In this order: what is published meanwhile may be of a generation that another call has adopted.
        var head = Math.Max(Head, Volatile.Read(ref _ownLast));
        var last = _log.Last;
        var timeline = Timeline;
        var life = await _store.ReadLifeAsync(last, _stop.Token).ConfigureAwait(false);
        var (found, known) = (life.Timeline.Current, timeline.Current);
        if (found == known)
            return;

        if (found < known)
            throw new StoreLifeException($"it is in generation {found}, this process in {known}");

        var least = life.Timeline.LeastHeadAfter(known);
        if (head > least)
            throw new StoreLifeException($"of generation {known}, in which this process has read up to {head}, it has kept no more than {least}");

        if (last is not null && life.Ends.Floor < last.Last && !(life.Found is { } batch && IsSameLog(last, [batch])))
            throw new StoreLifeException($"the batch at {last.First}, which this process has read, is not part of generation {found}");

        // Another call may have been faster, and adopted a later one already.
        if (Interlocked.CompareExchange(ref _timeline, life.Timeline, timeline) == timeline)
            LogAdopted(_logger, found, least, known);
    }

    /// <summary>Has it written down that the store is in another life, unless it is by now: cursors of before are known by it (RULES A3).</summary>
    private Exception Cause(Exception e)
    {
        if (e is StoreLifeException { IsNoted: false })
            _ = BeginGenerationAsync();

        return e;
    }

    private async Task BeginGenerationAsync()
    {
        try
        {
            await _store.BeginGenerationAsync(Timeline.Current, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is StoreException or OperationCanceledException or ObjectDisposedException)
        {
            LogGenerationFailed(_logger, e);
        }
    }
}
