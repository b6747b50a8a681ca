using System.Runtime.InteropServices;
using OpenCode.Actors.Journal.Bodies;

namespace OpenCode.Actors.Journal.State;

/// <summary>Where each row of state is. Thread-safe.</summary>
/// <param name="holdKinds">Kinds of rows that keep their segment from retention.</param>
internal sealed class StateIndex(ISet<string> holdKinds)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, OwnerRows> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _kinds = new(StringComparer.Ordinal);
    private long _place;

    /// <summary>Takes in the changes of a frame that has been added to its segment.</summary>
    public void Apply(ReadOnlySpan<PendingChange> changes, Segment segment, long framePosition, in FrameHeader frame)
    {
        lock (_gate)
        {
            _place = frame.EndPlace;
            foreach (ref readonly var change in changes)
            {
                var owner = FindOrAddNeedsLock(change.Owner);
                if (frame.Place < owner.SnapshotPlace && !holdKinds.Contains(change.Kind))
                    continue;

                var row = new RowPlace(
                    KindNeedsLock(change.Kind),
                    change.Key == owner.Owner ? owner.Owner : change.Key,
                    segment,
                    frame.FirstOffset + change.EntriesBefore - 1,
                    checked((uint)(framePosition + change.Position)),
                    Math.Max(change.Size, 0));
                if (change.Size >= 0)
                    owner.Put(row);
                else
                    owner.Delete(row);
                RemoveIfEmptyNeedsLock(owner);
            }
        }
    }

    /// <summary>Notes that an owner has a snapshot, which is read when it is needed.</summary>
    public void ExpectSnapshot(string owner)
    {
        lock (_gate)
            FindOrAddNeedsLock(owner).TakeSnapshot(0, holdKinds);
    }

    /// <summary>Tells whether an owner has a snapshot that holds up to an unknown place.</summary>
    public bool NeedsSnapshotPlace(string owner)
    {
        lock (_gate)
            return _owners.TryGetValue(owner, out var rows) && rows.SnapshotPlace == 0;
    }

    /// <summary>Notes up to which place the snapshot of an owner holds, if that was not known.</summary>
    public void ResolveSnapshot(string owner, long place)
    {
        lock (_gate)
        {
            if (_owners.TryGetValue(owner, out var rows) && rows.SnapshotPlace == 0)
                rows.TakeSnapshot(place, holdKinds);
        }
    }

    /// <summary>Begins to remember what is deleted of owners while their snapshots are written: such a row is still in the snapshot.</summary>
    public void BeginSnapshots(string[] owners)
    {
        lock (_gate)
        {
            foreach (var owner in owners)
            {
                if (_owners.TryGetValue(owner, out var rows))
                    rows.BeginSnapshot();
            }
        }
    }

    /// <summary>Ends what <see cref="BeginSnapshots"/> began, whether the snapshots were taken over or not.</summary>
    public void EndSnapshots(string[] owners)
    {
        lock (_gate)
        {
            foreach (var owner in owners)
            {
                if (!_owners.TryGetValue(owner, out var rows))
                    continue;

                rows.EndSnapshot();
                RemoveIfEmptyNeedsLock(rows);
            }
        }
    }

    /// <summary>Takes over a new snapshot: what stands before its place is in it.</summary>
    public void TakeSnapshot(string owner, long place)
    {
        lock (_gate)
            FindOrAddNeedsLock(owner).TakeSnapshot(place, holdKinds);
    }

    /// <summary>Notes that nothing of an owner was left at a place, and its snapshot is gone.</summary>
    public void DropSnapshot(string owner, long place)
    {
        lock (_gate)
        {
            if (!_owners.TryGetValue(owner, out var rows))
                return;

            rows.DropSnapshot(place);
            RemoveIfEmptyNeedsLock(rows);
        }
    }

    /// <summary>Looks at one owner.</summary>
    /// <returns>Its rows in the log, and its snapshot; null if it has neither.</returns>
    public OwnerView? View(string owner)
    {
        lock (_gate)
            return _owners.TryGetValue(owner, out var rows) ? rows.View(_place) : null;
    }

    /// <summary>Lists the owners.</summary>
    public string[] Owners()
    {
        lock (_gate)
            return [.. _owners.Keys];
    }

    /// <summary>Lists the owners that need what is in a segment, or before it: they have to get a snapshot before it goes.</summary>
    public List<string> OwnersIn(Segment segment) => OwnersWhere(rows => rows.OldestPlace < segment.EndPlace);

    /// <summary>Lists the owners whose snapshot holds more than the log has.</summary>
    public List<string> OwnersWithSnapshotBeyond(long place) => OwnersWhere(rows => rows.SnapshotPlace > place);

    /// <summary>Tells whether a row that holds up retention is in a segment.</summary>
    public bool Holds(Segment segment) =>
        OwnersWhere(rows => rows.Any(segment, holdKinds)).Count > 0;

    private List<string> OwnersWhere(Func<OwnerRows, bool> predicate)
    {
        var owners = new List<string>();
        lock (_gate)
        {
            foreach (var rows in _owners.Values)
            {
                if (predicate(rows))
                    owners.Add(rows.Owner);
            }
        }

        return owners;
    }

    private void RemoveIfEmptyNeedsLock(OwnerRows rows)
    {
        if (rows is { Count: 0, HasSnapshot: false })
            _owners.Remove(rows.Owner);
    }

    private OwnerRows FindOrAddNeedsLock(string owner) =>
        CollectionsMarshal.GetValueRefOrAddDefault(_owners, owner, out _) ??= new(owner);

    private string KindNeedsLock(string kind) => CollectionsMarshal.GetValueRefOrAddDefault(_kinds, kind, out _) ??= kind;
}
