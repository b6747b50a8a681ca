namespace OpenCode.Actors.Cells;

/// <summary>The children of a cell that have not ended. Locked, because the guardians get children from any thread and a child takes itself out.</summary>
internal sealed class Children
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ActorCell> _byName = new(StringComparer.Ordinal);
    private readonly HashSet<ActorCell> _stopping = [];
    private bool _closed;
    private long _generated;

    public int Count
    {
        get
        {
            lock (_lock)
                return _byName.Count;
        }
    }

    /// <summary>Gets the number of children that were told to stop and have not ended.</summary>
    public int StoppingCount
    {
        get
        {
            lock (_lock)
                return _stopping.Count;
        }
    }

    public ActorCell Add(string? name, Func<string, ActorCell> create)
    {
        if (name is not null)
            CheckName(name);
        lock (_lock)
        {
            if (_closed)
                throw new InvalidOperationException("The actor that shall get a child is stopping. Start the child elsewhere, or not at all.");
            name ??= GenerateNameNeedsLock();
            if (_byName.ContainsKey(name))
                throw new ActorNameException(name, "a living sibling has that name; a name is free again when its actor has ended (watch it)");
            var child = create(name);
            _byName.Add(name, child);
            return child;
        }
    }

    public ActorCell? Find(string name)
    {
        lock (_lock)
            return _byName.GetValueOrDefault(name);
    }

    public bool Contains(ActorCell child)
    {
        lock (_lock)
            return _byName.TryGetValue(child.Path.Name, out var present) && ReferenceEquals(present, child);
    }

    public void Remove(ActorCell child)
    {
        lock (_lock)
        {
            _stopping.Remove(child);
            if (_byName.TryGetValue(child.Path.Name, out var present) && ReferenceEquals(present, child))
                _byName.Remove(child.Path.Name);
        }
    }

    public void MarkStopping(ActorCell child)
    {
        lock (_lock)
        {
            if (_byName.TryGetValue(child.Path.Name, out var present) && ReferenceEquals(present, child))
                _stopping.Add(child);
        }
    }

    /// <summary>Lets no more in.</summary>
    public void Close()
    {
        lock (_lock)
            _closed = true;
    }

    /// <summary>Returns the children, oldest first.</summary>
    public ActorCell[] Snapshot()
    {
        ActorCell[] children;
        lock (_lock)
            children = [.. _byName.Values];
        Array.Sort(children, static (a, b) => a.Uid.CompareTo(b.Uid));
        return children;
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

    private string GenerateNameNeedsLock()
    {
        const string Digits = "abcdefghijklmnopqrstuvwxyz";
        Span<char> buffer = stackalloc char[16];
        var at = buffer.Length;
        for (var rest = _generated++; ; rest = (rest / Digits.Length) - 1)
        {
            buffer[--at] = Digits[(int)(rest % Digits.Length)];
            if (rest < Digits.Length)
                break;
        }

        buffer[--at] = '$';
        return new string(buffer[at..]);
    }
}
