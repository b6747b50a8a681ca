namespace OpenCode.Actors.Cells;

/// <summary>The children of a cell that have not ended, oldest first. Locked, because the guardians get children from any thread and a child takes itself out.</summary>
/// <remarks>A linked list through the cells, so that a child without a given name costs no entry and no string.</remarks>
internal sealed class Children
{
    private readonly Lock _lock = new();
    private Dictionary<string, ActorCell>? _named;
    private ActorCell? _oldest;
    private ActorCell? _youngest;
    private bool _isClosed;

    /// <summary>Gets the number of children that have not ended.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the number of children that were told to stop and have not ended.</summary>
    public int StoppingCount { get; private set; }

    public ActorCell Add(ActorCell parent, Props props, string? name)
    {
        if (name is not null)
            CheckName(name);
        lock (_lock)
        {
            if (_isClosed)
                throw new InvalidOperationException($"{parent.Path} is stopping and cannot get a child any more.");
            if (name is not null && _named?.ContainsKey(name) == true)
                throw new ActorNameException(name, "a living sibling has that name; a name is free again when its actor has ended (watch it)");

            var child = new ActorCell(parent.System, props, parent, name);
            if (name is not null)
                (_named ??= new Dictionary<string, ActorCell>(StringComparer.Ordinal)).Add(name, child);
            LinkNeedsLock(child);
            return child;
        }
    }

    public ActorCell? Find(string name)
    {
        lock (_lock)
        {
            if (_named?.TryGetValue(name, out var child) == true)
                return child;
        }

        return name.StartsWith('$') ? Array.Find(Snapshot(), child => child.Path.Name == name) : null;
    }

    public bool Contains(ActorCell child)
    {
        lock (_lock)
            return child.Sibling.IsListed && ReferenceEquals(child.ParentCell?.ChildrenOrNull, this);
    }

    public void Remove(ActorCell child)
    {
        lock (_lock)
        {
            if (child.Sibling.IsStopping)
                StoppingCount--;
            UnlinkNeedsLock(child);
            if (child.GivenName is { } name)
                _named!.Remove(name);
        }
    }

    public void MarkStopping(ActorCell child)
    {
        lock (_lock)
        {
            if (!child.Sibling.IsListed || child.Sibling.IsStopping)
                return;
            child.Sibling.IsStopping = true;
            StoppingCount++;
        }
    }

    /// <summary>Lets no more in.</summary>
    public void Close()
    {
        lock (_lock)
            _isClosed = true;
    }

    /// <summary>Returns the children, oldest first.</summary>
    public ActorCell[] Snapshot()
    {
        lock (_lock)
        {
            if (Count == 0)
                return [];
            var children = new ActorCell[Count];
            var next = _oldest;
            for (var i = 0; i < children.Length; i++)
            {
                children[i] = next!;
                next = next!.Sibling.Younger;
            }

            return children;
        }
    }

    private static void CheckName(string name)
    {
        if (name.Length == 0)
            throw new ActorNameException(name, "it is empty");
        if (name[0] == '$')
            throw new ActorNameException(name, "$ begins a generated name");
        if (name.AsSpan().ContainsAny('/', '#'))
            throw new ActorNameException(name, "/ and # part the pieces of a path");
    }

    private void LinkNeedsLock(ActorCell child)
    {
        child.Sibling = new SiblingLink { IsListed = true, Older = _youngest };
        if (_youngest is null)
            _oldest = child;
        else
            _youngest.Sibling.Younger = child;
        _youngest = child;
        Count++;
    }

    private void UnlinkNeedsLock(ActorCell child)
    {
        var link = child.Sibling;
        if (link.Older is null)
            _oldest = link.Younger;
        else
            link.Older.Sibling.Younger = link.Younger;
        if (link.Younger is null)
            _youngest = link.Older;
        else
            link.Younger.Sibling.Older = link.Older;
        child.Sibling = default;
        Count--;
    }
}

/// <summary>A cell's place among its siblings. Belongs to <see cref="Children"/> of the parent.</summary>
internal struct SiblingLink
{
    public ActorCell? Older;
    public ActorCell? Younger;
    public bool IsListed;
    public bool IsStopping;
}
