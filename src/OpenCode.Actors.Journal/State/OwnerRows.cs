using OpenCode.Actors.Journal.Bodies;

namespace OpenCode.Actors.Journal.State;

/// <summary>The rows of one owner that are in the log, over those in its snapshot if it has one. Guarded by the <see cref="StateIndex"/>.</summary>
internal sealed class OwnerRows(string owner)
{
    private const int LookupFromCount = 16;

    // In the order of first write, with holes (no kind) where rows were taken out.
    private RowPlace[] _rows = [];
    private int _used;
    private int _count;
    private Dictionary<(string Kind, string Key), int>? _lookup;

    // What was deleted since the snapshot, and is still in it: also of a snapshot that is only being written.
    private Dictionary<(string Kind, string Key), long>? _deleted;
    private bool _snapshotBegun;

    public string Owner { get; } = owner;

    /// <summary>Gets the place in the log up to which the snapshot holds: -1 without a snapshot, 0 when it was not read yet.</summary>
    public long SnapshotPlace { get; private set; } = -1;

    public bool HasSnapshot => SnapshotPlace >= 0;

    /// <summary>
    /// Gets a place before which nothing stands that is not in the snapshot. Not only the rows count, but where they were written first too: a start that does not find that any
    /// more would have them in another order.
    /// </summary>
    public long OldestPlace { get; private set; } = long.MaxValue;

    /// <summary>Gets the number of places kept.</summary>
    public int Count => _count + (_deleted?.Count ?? 0);

    public OwnerView View(long place) => new(
        Owner,
        _count == _used ? _rows.AsSpan(0, _used).ToArray() : Array.FindAll(_rows, static r => r.Kind is not null),
        _deleted is null ? OwnerView.NoneDeleted : new HashSet<(string Kind, string Key)>(_deleted.Keys),
        SnapshotPlace,
        place);

    public bool Any(Segment segment, ISet<string> kinds)
    {
        for (var i = 0; i < _used; i++)
        {
            if (_rows[i].Kind is not null && ReferenceEquals(_rows[i].Segment, segment) && kinds.Contains(_rows[i].Kind))
                return true;
        }

        return false;
    }

    public void Put(in RowPlace row)
    {
        OldestPlace = Math.Min(OldestPlace, row.Place);
        var index = IndexOf(row.Kind, row.Key);
        if (index < 0)
            Add(row);
        else
            _rows[index] = row;
    }

    public void Delete(in RowPlace deletion)
    {
        var index = IndexOf(deletion.Kind, deletion.Key);
        if (index >= 0)
            RemoveAt(index);
        if ((!HasSnapshot && !_snapshotBegun) || deletion.Place < SnapshotPlace)
            return;

        OldestPlace = Math.Min(OldestPlace, deletion.Place);
        (_deleted ??= [])[(deletion.Kind, deletion.Key)] = deletion.Place;
    }

    /// <summary>Remembers from now on what is deleted: a snapshot is being written that may hold it.</summary>
    public void BeginSnapshot() => _snapshotBegun = true;

    /// <summary>No snapshot is being written any more.</summary>
    public void EndSnapshot()
    {
        _snapshotBegun = false;
        if (!HasSnapshot)
            _deleted = null;
    }

    /// <summary>Takes over a snapshot that holds up to a place (0: not known yet): what is older is in it, and is kept here only for the kinds that hold up retention.</summary>
    public void TakeSnapshot(long place, ISet<string> holdKinds)
    {
        SnapshotPlace = place;
        Keep(r => r.Place >= place || holdKinds.Contains(r.Kind));
        if (_deleted is not null)
        {
            foreach (var (key, deletedAt) in _deleted)
            {
                if (deletedAt < place)
                    _deleted.Remove(key);
            }

            if (_deleted.Count == 0)
                _deleted = null;
        }

        OldestPlace = Count == 0 ? long.MaxValue : place;
    }

    /// <summary>Notes that nothing was left at a place to put into a snapshot.</summary>
    public void DropSnapshot(long place)
    {
        SnapshotPlace = -1;
        _deleted = null;
        Keep(r => r.Place >= place);
        OldestPlace = Count == 0 ? long.MaxValue : place;
    }

    private int IndexOf(string kind, string key)
    {
        if (_lookup is not null)
            return _lookup.GetValueOrDefault((kind, key), -1);

        for (var i = 0; i < _used; i++)
        {
            if (_rows[i].Key == key && _rows[i].Kind == kind)
                return i;
        }

        return -1;
    }

    private void Add(in RowPlace row)
    {
        if (_used == _rows.Length)
            Array.Resize(ref _rows, _used == 0 ? 1 : _used * 2);

        _rows[_used] = row;
        _lookup?.Add((row.Kind, row.Key), _used);
        _used++;
        _count++;
        if (_lookup is null && _used >= LookupFromCount)
            BuildLookup();
    }

    private void RemoveAt(int index)
    {
        _lookup?.Remove((_rows[index].Kind, _rows[index].Key));
        _rows[index] = default;
        _count--;
        if (_used - _count > Math.Max(LookupFromCount, _count))
            Keep(static _ => true);
    }

    /// <summary>Keeps some, without holes and spare room.</summary>
    private void Keep(Predicate<RowPlace> keeps)
    {
        _rows = Array.FindAll(_rows, r => r.Kind is not null && keeps(r));
        _used = _count = _rows.Length;
        _lookup = null;
        if (_used >= LookupFromCount)
            BuildLookup();
    }

    private void BuildLookup()
    {
        _lookup = new(_used * 2);
        for (var i = 0; i < _used; i++)
        {
            if (_rows[i].Kind is not null)
                _lookup.Add((_rows[i].Kind, _rows[i].Key), i);
        }
    }
}
