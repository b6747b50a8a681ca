using System.Runtime.CompilerServices;
using OpenCode.Actors.Journal.Disks;

namespace OpenCode.Actors.Journal.State;

/// <summary>Reads rows of state: those in the log over those of the snapshot.</summary>
internal sealed class StateReader(IDisk disk, StateIndex index)
{
    // A snapshot or a segment is replaced between looking up and reading: rare, and never often in a row.
    private const int MostTries = 100;
    private const int OwnersAtOnce = 256;

    /// <summary>Reads the rows of an owner.</summary>
    /// <param name="owner">The owner.</param>
    /// <param name="wants">Chooses rows by kind and key.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The rows in the order of first write, and the place in the log where it was so; null for an owner that has nothing.</returns>
    public async ValueTask<(List<StateRow> Rows, OwnerView View)?> ReadAsync(string owner, Func<string, string, bool> wants, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (index.View(owner) is not { } view)
                return null;

            try
            {
                if (await ReadAsync(view, wants, cancellationToken).ConfigureAwait(false) is { } rows)
                    return (rows, view);
            }
            catch (Exception e) when (e is ObjectDisposedException or FileNotFoundException && tries < MostTries)
            {
                // Replaced: look again.
            }

            if (tries == MostTries)
            {
                throw new JournalCorruptException(
                    SnapshotFile.PathOf(owner), 0, $"it is not the snapshot at byte {view.SnapshotPlace} of the log that was written", "Restore the data folder from a backup.");
            }
        }
    }

    /// <summary>Reads the rows of one kind over all owners.</summary>
    public async IAsyncEnumerable<StateRow> ListAsync(string kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var owners in index.Owners().Chunk(OwnersAtOnce))
        {
            foreach (var row in await ListAsync(kind, owners, cancellationToken).ConfigureAwait(false))
                yield return row;
        }
    }

    /// <summary>Reads the rows of owners without a snapshot together, the others one by one.</summary>
    private async ValueTask<List<StateRow>> ListAsync(string kind, string[] owners, CancellationToken cancellationToken)
    {
        var rows = new List<StateRow>();
        var places = new List<RowPlace>();
        var placeOwners = new List<string>();
        var oneByOne = new List<string>();
        foreach (var owner in owners)
        {
            if (index.View(owner) is not { } view)
                continue;

            if (view.HasSnapshot)
            {
                oneByOne.Add(owner);
                continue;
            }

            foreach (var place in view.Rows)
            {
                if (place.Kind != kind)
                    continue;

                places.Add(place);
                placeOwners.Add(view.Owner);
            }
        }

        try
        {
            var bytes = await RowReader.ReadAsync(places, cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < bytes.Length; i++)
                rows.Add(new(kind, placeOwners[i], places[i].Key, bytes[i], places[i].Offset));
        }
        catch (ObjectDisposedException)
        {
            // Retention took a segment: these owners have snapshots by now.
            oneByOne.AddRange(placeOwners.Distinct(StringComparer.Ordinal));
        }

        foreach (var owner in oneByOne)
        {
            if (await ReadAsync(owner, (k, _) => k == kind, cancellationToken).ConfigureAwait(false) is { } found)
                rows.AddRange(found.Rows);
        }

        return rows;
    }

    /// <summary>Reads what a view shows.</summary>
    /// <returns>Null if the snapshot is not the one of the view.</returns>
    private async ValueTask<List<StateRow>?> ReadAsync(OwnerView view, Func<string, string, bool> wants, CancellationToken cancellationToken)
    {
        var wanted = Array.FindAll(view.Rows, r => wants(r.Kind, r.Key));
        var bytes = await RowReader.ReadAsync(wanted, cancellationToken).ConfigureAwait(false);
        var rows = new List<StateRow>();
        var taken = new bool[wanted.Length];
        if (view.HasSnapshot)
        {
            var inLog = new Dictionary<(string Kind, string Key), int>();
            for (var i = 0; i < wanted.Length; i++)
                inLog.Add((wanted[i].Kind, wanted[i].Key), i);

            var (place, stored) = await SnapshotFile.ReadAsync(
                disk, view.Owner, wants, (k, key) => !inLog.ContainsKey((k, key)), cancellationToken).ConfigureAwait(false);
            if (view.SnapshotPlace == 0)
                index.ResolveSnapshot(view.Owner, place);
            if (place != view.SnapshotPlace)
                return null;

            // A row that was written since keeps its place among those of the snapshot; one that was deleted in between comes behind them.
            foreach (var row in stored)
            {
                if (view.Deleted.Contains((row.Kind, row.Key)))
                    continue;

                if (inLog.TryGetValue((row.Kind, row.Key), out var i))
                    rows.Add(Take(i));
                else
                    rows.Add(row);
            }
        }

        for (var i = 0; i < wanted.Length; i++)
        {
            if (!taken[i])
                rows.Add(Take(i));
        }

        return rows;

        StateRow Take(int i)
        {
            taken[i] = true;
            return new(wanted[i].Kind, view.Owner, wanted[i].Key, bytes[i], wanted[i].Offset);
        }
    }
}
