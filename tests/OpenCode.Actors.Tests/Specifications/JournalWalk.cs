using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>Random appends, ends and starts on one store, compared with a model of what was promised (rule "Good cursor", rule "One batch, one transaction", rule "Durable before visible").</summary>
/// <param name="seed">Decides all of it, as far as the store does.</param>
/// <param name="store">The store.</param>
internal sealed class JournalWalk(int seed, IWalkedStore store)
{
    private const int Lives = 6;

    private readonly Random _random = new(seed);
    private readonly Lock _gate = new();
    private readonly JournalModel _model = new();
    private readonly JournalOptions _options = new() { RetainBytes = 40_000, RetainMs = 60_000, RecentBytes = 4_000 };
    private int _eventNumber;
    private int _life;

    public async Task RunAsync()
    {
        if (_random.Next(2) == 0)
            _options.HoldKinds.Add("open");

        while (_life < Lives)
        {
            var how = store.Ends[_random.Next(store.Ends.Count)];
            var journal = await store.OpenAsync(_options);
            await WorkAsync(journal, _random.Next(80));

            // Some are under way when it ends; no answer of theirs counts from here on.
            store.Hold();
            var late = how == WalkEnd.Closed ? [] : Enumerable.Range(0, _random.Next(5)).Select(_ => AppendAsync(journal)).ToArray();
            lock (_gate)
                _life++;
            await store.EndAsync(journal, how);
            store.Release();
            await Task.WhenAll(late);
            await CheckAsync(how);
        }
    }

    private async Task CheckAsync(WalkEnd how)
    {
        var recovered = await store.OpenAsync(_options);
        await _model.CheckAsync(recovered, powerWasLost: how == WalkEnd.PowerCut);
        await store.EndAsync(recovered, store.Ends.Contains(WalkEnd.Closed) ? WalkEnd.Closed : WalkEnd.Killed);
    }

    private async Task WorkAsync(IJournal journal, int steps)
    {
        for (var i = 0; i < steps; i++)
        {
            if (_random.Next(12) == 0)
                store.Advance(TimeSpan.FromSeconds(_random.Next(30)));
            else
                await AppendSomeAsync(journal);
        }
    }

    // One batch, or some that wait behind a slow sync and are committed together.
    private async Task AppendSomeAsync(IJournal journal)
    {
        var together = _random.Next(6) == 0 ? _random.Next(8) : 0;
        if (together > 0)
            store.Hold();
        var appends = Enumerable.Range(0, together + 1).Select(_ => AppendAsync(journal)).ToArray();
        store.Release();
        await Task.WhenAll(appends);
        if (_random.Next(8) == 0)
            await _model.CheckStateAsync(journal);
    }

    private async Task AppendAsync(IJournal journal)
    {
        int number, life;
        Task<long> append;
        lock (_gate)
        {
            var batch = Batch();
            (number, append, life) = (_model.Told(batch), journal.AppendAsync(batch, default).AsTask(), _life);
        }

        try
        {
            var offset = await append;
            lock (_gate)
            {
                if (life == _life)
                    _model.Answered(number, journal.Timeline.Current, offset);
            }
        }
        catch (Exception e) when (e is JournalException or ObjectDisposedException && life != _life)
        {
            // The process has ended before it was decided.
        }
    }

    private JournalBatch Batch()
    {
        var durable = _random.Next(3) == 0;
        var entries = Enumerable.Range(0, _random.Next(4))
            .Select(_ => Make.Entry($"{_eventNumber++}", 2 + _random.Next(_random.Next(10) == 0 ? 4_000 : 200), durable && _random.Next(2) == 0))
            .ToArray();
        return new(entries, [.. Enumerable.Range(0, _random.Next(5)).Select(_ => Change())]);
    }

    private StateChange Change()
    {
        var (kind, owner, key) = (_random.Next(8) == 0 ? "open" : "part", StateModel.Owners[_random.Next(StateModel.Owners.Length)], $"{_random.Next(14)}");
        return _random.Next(3) == 0 ? Make.Delete(kind, owner, key) : Make.Put(kind, owner, key, $"\"{new string('s', _random.Next(100))}{_eventNumber}\"");
    }
}
