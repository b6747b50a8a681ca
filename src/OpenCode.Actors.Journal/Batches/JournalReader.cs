using System.Runtime.CompilerServices;
using OpenCode.Actors.Journal.Bodies;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Journal.Tail;

namespace OpenCode.Actors.Journal.Batches;

/// <summary>Reads entries, from memory while they are recent and else from the store, and rows. While the store is away, readings wait.</summary>
internal sealed class JournalReader(IBatchStore store, BatchLog log, JournalLifetime life)
{
    private readonly EntryDecoder _decoder = new();

    public async IAsyncEnumerable<EntryPage> ReadAsync(long after, EntryFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var until = log.Head;
        var cutter = new PageCutter(filter, _decoder);
        while (after < until)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // What is in memory is read also when it is gone from the store: so retention never overtakes the tail of this process, however short its window is.
            var batches = log.Recent.Find(after, PageCutter.PageBytes);
            if (batches is null && after < log.Floor)
                throw new JournalTrimmedException(after, log.Floor);

            batches ??= await ReadStoredAsync(after, cancellationToken).ConfigureAwait(false);
            foreach (var page in Cut(cutter, batches, after, until))
            {
                after = page.Through;
                yield return page;
            }
        }
    }

    public async IAsyncEnumerable<StateRow> RowsAsync(Func<CancellationToken, ValueTask<IReadOnlyList<StateRow>>> read, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var row in await AskAsync(read, cancellationToken).ConfigureAwait(false))
            yield return row;
    }

    private IReadOnlyList<EntryPage> Cut(PageCutter cutter, IEnumerable<RecentBatch> batches, long after, long until)
    {
        try
        {
            return cutter.Cut(batches, after, until);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or IndexOutOfRangeException)
        {
            throw life.Fail("reading the log", e);
        }
    }

    private async ValueTask<RecentBatch[]> ReadStoredAsync(long after, CancellationToken cancellationToken)
    {
        var page = await AskAsync(ct => store.ReadBehindAsync(after, PageCutter.PageBytes, ct), cancellationToken).ConfigureAwait(false);
        var batches = page.Batches.Where(b => b.Last > after).Select(static b => b.WithBody(b.Body)).ToArray();
        if (batches is [var first, ..] && first.First <= after + 1)
            return batches;

        // What is published is there, unless retention took it since.
        var ends = await AskAsync(store.ReadEndsAsync, cancellationToken).ConfigureAwait(false);
        log.RaiseFloor(ends.Floor);
        throw after < ends.Floor
            ? new JournalTrimmedException(after, ends.Floor)
            : life.Fail("reading the log", new InvalidDataException($"entry {after + 1} is missing, although the head is {ends.Head} and the floor {ends.Floor}"));
    }

    /// <summary>Asks the store, again and again while it is away.</summary>
    private async ValueTask<T> AskAsync<T>(Func<CancellationToken, ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, life.Stopping);
        var backoff = default(Backoff);
        while (true)
        {
            if (life.Failure is { } failure)
                throw failure;

            try
            {
                return await ask(either.Token).ConfigureAwait(false);
            }
            catch (StoreException e) when (e is not StoreLostException)
            {
                await life.BackOffAsync(e, ref backoff, either.Token).ConfigureAwait(false);
            }
            catch (StoreLostException e)
            {
                throw life.Fail("reading the log", e);
            }
        }
    }
}
