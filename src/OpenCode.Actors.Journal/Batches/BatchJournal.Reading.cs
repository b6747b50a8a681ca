using System.Runtime.CompilerServices;
using OpenCode.Actors.Journal.Tail;

namespace OpenCode.Actors.Journal.Batches;

/// <content>Reading entries and rows.</content>
public sealed partial class BatchJournal
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<EntryPage> ReadAsync(long after, EntryFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var until = Head;
        var cutter = new PageCutter(filter, _decoder);
        while (after < until)
        {
            cancellationToken.ThrowIfCancellationRequested();

            // What is in memory is read also when it is gone from the store: so retention never overtakes the tail of this process, however short its window is.
            var batches = _log.Recent.Find(after, PageCutter.PageBytes);
            if (batches is null && after < Floor)
                throw new JournalTrimmedException(after, Floor);

            batches ??= await ReadStoredAsync(after, cancellationToken).ConfigureAwait(false);
            foreach (var page in Cut(cutter, batches, after, until))
            {
                after = page.Through;
                yield return page;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask WaitBeyondAsync(long offset, CancellationToken cancellationToken) => _log.Waiters.WaitBeyondAsync(offset, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StateRow> LoadAsync(string owner, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var row in await AskAsync(ct => _store.LoadAsync(owner, ct), cancellationToken).ConfigureAwait(false))
            yield return row;
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StateRow> ListAsync(string kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var row in await AskAsync(ct => _store.ListAsync(kind, ct), cancellationToken).ConfigureAwait(false))
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
            throw Fail("reading the log", e);
        }
    }

    private async ValueTask<RecentBatch[]> ReadStoredAsync(long after, CancellationToken cancellationToken)
    {
        var page = await AskAsync(ct => _store.ReadBehindAsync(after, PageCutter.PageBytes, ct), cancellationToken).ConfigureAwait(false);
        var batches = page.Batches.Where(b => b.Last > after).Select(static b => b.WithBody(b.Body)).ToArray();
        if (batches is [var first, ..] && first.First <= after + 1)
            return batches;

        // What is published is there, unless retention took it since.
        var ends = await AskAsync(_store.ReadEndsAsync, cancellationToken).ConfigureAwait(false);
        _log.Floor = Math.Max(Floor, ends.Floor);
        throw after < ends.Floor
            ? new JournalTrimmedException(after, ends.Floor)
            : Fail("reading the log", new InvalidDataException($"entry {after + 1} is missing, although the head is {ends.Head} and the floor {ends.Floor}"));
    }

    /// <summary>Asks the store, again and again while it is away.</summary>
    private async ValueTask<T> AskAsync<T>(Func<CancellationToken, ValueTask<T>> ask, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        var patience = default(Patience);
        while (true)
        {
            if (_failure is not null)
                throw _failure;

            try
            {
                return await ask(either.Token).ConfigureAwait(false);
            }
            catch (StoreException e) when (e is not StoreLostException)
            {
                LogTailAway(_logger, patience.Level, e.Message);
                await Task.Delay(patience.Next(), _time, either.Token).ConfigureAwait(false);
            }
            catch (StoreLostException e)
            {
                throw Fail("reading the log", Cause(e));
            }
        }
    }
}
