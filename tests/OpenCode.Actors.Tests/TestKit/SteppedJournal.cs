using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>A journal whose calls and completions are steps: the seed orders them, and the journal's own awaits never meet the scheduler of the actors.</summary>
/// <remarks>
/// Appends enter the journal in the order of their calls, each as a step. Nothing completes without <see cref="SeededSystem.RunDry"/>: a test that reads on its own thread reads
/// the journal inside instead.
/// </remarks>
public sealed class SteppedJournal : IJournal
{
    private readonly IJournal _inner;
    private readonly SeededSystem _system;
    private readonly ConcurrentQueue<Action> _appends = [];

    /// <summary>Initializes a new instance of the <see cref="SteppedJournal"/> class.</summary>
    /// <param name="inner">The journal; its work must run on the thread of the caller, as that of a BatchJournal over a MemoryDisk does.</param>
    /// <param name="system">Takes the steps.</param>
    public SteppedJournal(IJournal inner, SeededSystem system)
    {
        ArgumentNullException.ThrowIfNull(inner);
        _inner = inner;
        _system = system;
    }

    /// <inheritdoc/>
    public Timeline Timeline => _inner.Timeline;

    /// <inheritdoc/>
    public long Head => _inner.Head;

    /// <inheritdoc/>
    public long Floor => _inner.Floor;

    /// <inheritdoc/>
    /// <remarks>Each call makes a task of its own: a second await of the same one would go on on the thread pool.</remarks>
    public Task<JournalFailedException> Died => _system.Follow("the journal died", _inner.Died);

    /// <inheritdoc/>
    public ValueTask<long> AppendAsync(JournalBatch batch, CancellationToken cancellationToken) =>
        new(_system.CallOutside("append", token => _inner.AppendAsync(batch, token), AppendInOrder, cancellationToken));

    /// <inheritdoc/>
    public ValueTask<long> CatchUpAsync(CancellationToken cancellationToken) => Call("catch up", _inner.CatchUpAsync, cancellationToken);

    /// <inheritdoc/>
    public ValueTask VerifyAsync(long generation, long offset, CancellationToken cancellationToken) =>
        Call("verify", token => _inner.VerifyAsync(generation, offset, token), cancellationToken);

    /// <inheritdoc/>
    public ValueTask WaitBeyondAsync(long offset, CancellationToken cancellationToken) =>
        Call("wait beyond", token => _inner.WaitBeyondAsync(offset, token), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<EntryPage> ReadAsync(long after, EntryFilter filter, CancellationToken cancellationToken) =>
        StepAsync("read", token => _inner.ReadAsync(after, filter, token), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<StateRow> LoadAsync(string owner, CancellationToken cancellationToken) =>
        StepAsync("load", token => _inner.LoadAsync(owner, token), cancellationToken);

    /// <inheritdoc/>
    public IAsyncEnumerable<StateRow> ListAsync(string kind, CancellationToken cancellationToken) =>
        StepAsync("list", token => _inner.ListAsync(kind, token), cancellationToken);

    /// <summary>Closes the journal inside, at once.</summary>
    /// <returns>A task that ends when it is done.</returns>
    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    private void AppendInOrder(string what, Action append)
    {
        _appends.Enqueue(append);
        _system.Outside(what, () =>
        {
            if (_appends.TryDequeue(out var next))
                next();
        });
    }

    private ValueTask<T> Call<T>(string what, Func<CancellationToken, ValueTask<T>> call, CancellationToken cancellationToken) =>
        new(_system.CallOutside(what, call, cancellationToken));

    private ValueTask Call(string what, Func<CancellationToken, ValueTask> call, CancellationToken cancellationToken) =>
        new(_system.CallOutside(
            what,
            async token =>
            {
                await call(token);
                return true;
            },
            cancellationToken));

    private async IAsyncEnumerable<T> StepAsync<T>(string what, Func<CancellationToken, IAsyncEnumerable<T>> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var items = open(_system.FollowToken(cancellationToken)).GetAsyncEnumerator(CancellationToken.None);
        try
        {
            while (await _system.CallOutside(what, items.MoveNextAsync))
                yield return items.Current;
        }
        finally
        {
            await _system.CallOutside(what + " ends", async () =>
            {
                await items.DisposeAsync();
                return true;
            });
        }
    }
}
