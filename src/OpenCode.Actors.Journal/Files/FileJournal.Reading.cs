using System.Runtime.CompilerServices;
using OpenCode.Actors.Journal.State;
using OpenCode.Actors.Journal.Tail;

namespace OpenCode.Actors.Journal.Files;

/// <content>Reading entries and rows.</content>
public sealed partial class FileJournal
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<EntryPage> ReadAsync(long after, EntryFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var until = Head;
        if (after < Floor)
            throw new JournalTrimmedException(after, Floor);

        PageCutter? recent = null;
        ColdReader? cold = null;
        while (after < until)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_recent.Find(after, PageCutter.PageBytes) is { } batches)
            {
                foreach (var page in (recent ??= new(filter, _decoder)).Cut(batches, after, until))
                {
                    after = page.Through;
                    yield return page;
                }

                continue;
            }

            await foreach (var page in (cold ??= new(_files, filter, _decoder)).ReadAsync(after, until, cancellationToken).ConfigureAwait(false))
            {
                after = page.Through;
                yield return page;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask<long> CatchUpAsync(CancellationToken cancellationToken) => new(Head);

    /// <inheritdoc/>
    /// <remarks>No other process appends, and each start begins a generation: all is known already.</remarks>
    public ValueTask VerifyAsync(long generation, long offset, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask WaitBeyondAsync(long offset, CancellationToken cancellationToken) => _waiters.WaitBeyondAsync(offset, cancellationToken);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StateRow> LoadAsync(string owner, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        OwnerName.Check(owner, nameof(owner));
        if (await _state.ReadAsync(owner, static (_, _) => true, cancellationToken).ConfigureAwait(false) is not { } found)
            yield break;

        foreach (var row in found.Rows)
            yield return row;
    }

    /// <inheritdoc/>
    public IAsyncEnumerable<StateRow> ListAsync(string kind, CancellationToken cancellationToken) => _state.ListAsync(kind, cancellationToken);
}
