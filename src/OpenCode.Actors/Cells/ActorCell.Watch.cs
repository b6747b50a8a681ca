namespace OpenCode.Actors.Cells;

/// <content>Death watch, both sides.</content>
internal sealed partial class ActorCell
{
    public void Watch(IActorRef actor)
    {
        RequireTurn();
        ArgumentNullException.ThrowIfNull(actor);
        if (actor is not IInternalRef target)
            throw new NotSupportedException($"{actor.Path} is not a ref of this kernel and cannot be watched.");
        if (!ReferenceEquals(target, this) && (Rare.Watching ??= []).TryAdd(actor, null))
            target.SendSystem(new WatchRequest(this));
    }

    public void Unwatch(IActorRef actor)
    {
        RequireTurn();
        ArgumentNullException.ThrowIfNull(actor);
        if (_rare?.Watching?.Remove(actor) == true)
            ((IInternalRef)actor).SendSystem(new UnwatchRequest(this));
    }

    public void AddWatcher(IInternalRef watcher)
    {
        if (_phase == Phase.Stopped)
            watcher.SendSystem(new DeathNotice(this, existenceConfirmed: false));
        else if (!(Rare.Watchers ??= []).Contains(watcher))
            Rare.Watchers.Add(watcher);
    }

    public void RemoveWatcher(IInternalRef watcher) => _rare?.Watchers?.Remove(watcher);

    public void OnDeath(IInternalRef dead, bool existenceConfirmed)
    {
        if (_phase == Phase.Stopped)
            return;
        if (dead is ActorCell cell && ReferenceEquals(cell.ParentCell, this))
        {
            if (_rare?.ChildEnded is { } ended)
            {
                _rare.ChildEnded = null;
                ended.TrySetResult();
            }
        }

        if (_rare?.Watching is not { } watching || !watching.TryGetValue(dead, out var ticket) || ticket is not null)
            return;
        ticket = new DeathTicket(new Terminated(dead, existenceConfirmed, AddressTerminated: false));
        watching[dead] = ticket;

        // At the tail: behind everything the dead one had sent. Over the bound: there is one for each watch.
        _mailbox.ForceEnqueue(new Mailboxes.Envelope(ticket, dead));
    }

    /// <summary>Takes a notice out of the books. False when it was taken back by an unwatch in the meantime.</summary>
    public bool Redeem(DeathTicket ticket)
    {
        if (_rare?.Watching is not { } watching || !watching.TryGetValue(ticket.Notice.Actor, out var current) || !ReferenceEquals(current, ticket))
            return false;
        watching.Remove(ticket.Notice.Actor);
        return true;
    }

    private void UnwatchAll()
    {
        if (_rare?.Watching is not { } watching)
            return;
        foreach (var target in watching.Keys.OrderBy(static actor => actor.Path.Uid))
            ((IInternalRef)target).SendSystem(new UnwatchRequest(this));
        _rare.Watching = null;
    }

    private void TellWatchers()
    {
        foreach (var watcher in _rare?.Watchers ?? [])
        {
            if (!ReferenceEquals(watcher, ParentCell)) // Was told as the parent.
                watcher.SendSystem(new DeathNotice(this, existenceConfirmed: true));
        }
    }
}
