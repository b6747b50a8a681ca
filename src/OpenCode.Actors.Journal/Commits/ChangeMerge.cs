using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Journal.Commits;

/// <summary>Makes of the changes of many batches one change a row, since one statement can touch a row only once: the last one wins, and keeps the place that all of them together give.</summary>
internal sealed class ChangeMerge
{
    private readonly List<StoreChange> _changes = [];
    private readonly Dictionary<(string Owner, string Kind, string Key), int> _places = [];

    /// <summary>Takes a change.</summary>
    /// <param name="change">The change.</param>
    /// <param name="entriesThrough">How many entries belong to it and to what is before it.</param>
    public void Add(StateChange change, int entriesThrough)
    {
        var row = (change.Owner, change.Kind, change.Key);
        var anew = false;
        if (_places.TryGetValue(row, out var place))
        {
            var before = _changes[place];
            anew = before.Anew || before.Json is null;

            // Written again where it is; but after a delete it comes behind all that was written meanwhile.
            if (before.Json is not null)
            {
                _changes[place] = before with { Json = change.Json, EntriesThrough = entriesThrough };
                return;
            }

            _changes[place] = default;
        }

        _places[row] = _changes.Count;
        _changes.Add(new(change.Kind, change.Owner, change.Key, change.Json, entriesThrough, anew));
    }

    /// <summary>Takes what all changes come to, and starts over.</summary>
    public IReadOnlyList<StoreChange> Take()
    {
        if (_changes.Count == 0)
            return [];

        StoreChange[] merged = [.. _changes.Where(c => c.Owner is not null)];
        _changes.Clear();
        _places.Clear();
        return merged;
    }
}
