namespace OpenCode.Actors.Journaling.State;

/// <summary>The rows of one owner that are in the log, over those in its snapshot if it has one. Guarded by the <see cref="StateIndex"/>.</summary>
internal sealed class OwnerRows(string owner)
{
    private const int LookupFromCount = 16;

    // In the order of first write, with holes (no kind) where rows were taken out.
    private RowPlace[] _rows = [];
    private int _used;
    private Dictionary<(string Kind, string Key), int>? _lookup;

    public string Owner { get; } = owner;

    /// <summary>Gets the number of places, deletions that hide a row of the snapshot included.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the place in the log up to which the snapshot holds: -1 without a snapshot, 0 when it was not read yet.</summary>
    public long SnapshotPlace { get; private set; } = -1;

    public bool HasSnapshot => SnapshotPlace >= 0;

    public RowPlace[] ToArray()
    {
        var rows = new RowPlace[Count];
        var count = 0;
        for (var i = 0; i < _used; i++)
        {
            if (_rows[i].Kind is not null)
                rows[count++] = _rows[i];
        }

        return rows;
    }

    public bool Any<TArgument>(Func<RowPlace, TArgument, bool> predicate, TArgument argument)
    {
        for (var i = 0; i < _used; i++)
        {
            if (_rows[i].Kind is not null && predicate(_rows[i], argument))
                return true;
        }

        return false;
    }

    public void Put(in RowPlace row)
    {
        var index = IndexOf(row.Kind, row.Key);
        if (index < 0)
        {
            Add(row);
        }
        else if (_rows[index].Deleted)
        {
            RemoveAt(index);
            Add(row.AsReborn());
        }
        else
        {
            _rows[index] = _rows[index].Reborn ? row.AsReborn() : row;
        }
    }

    public void Delete(in RowPlace deletion)
    {
        var index = IndexOf(deletion.Kind, deletion.Key);
        if (index >= 0)
            RemoveAt(index);
        if (HasSnapshot)
            Add(deletion);
    }

    /// <summary>Notes that there is a snapshot which has not been read yet.</summary>
    public void ExpectSnapshot() => SnapshotPlace = 0;

    /// <summary>Takes over a snapshot that holds up to a place: what is older is in it, and is kept here only for the kinds that hold up retention.</summary>
    public void TakeSnapshot(long place, ISet<string> holdKinds)
    {
        SnapshotPlace = place;
        Rebuild(r => r.Place >= place || (!r.Deleted && holdKinds.Contains(r.Kind)));
    }

    /// <summary>Notes that nothing was left at a place to put into a snapshot.</summary>
    public void DropSnapshot(long place)
    {
        SnapshotPlace = -1;
        Rebuild(r => r.Place >= place && !r.Deleted);
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
        Count++;
        if (_lookup is null && _used >= LookupFromCount)
            BuildLookup();
    }

    private void RemoveAt(int index)
    {
        _lookup?.Remove((_rows[index].Kind, _rows[index].Key));
        _rows[index] = default;
        Count--;
        if (_used - Count > Math.Max(LookupFromCount, Count))
            Rebuild(static _ => true);
    }

    /// <summary>Keeps some, without holes and spare room.</summary>
    private void Rebuild(Predicate<RowPlace> keeps)
    {
        _rows = Array.FindAll(_rows, r => r.Kind is not null && keeps(r));
        _used = Count = _rows.Length;
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
