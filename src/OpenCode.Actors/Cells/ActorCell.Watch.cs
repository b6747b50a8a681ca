namespace OpenCode.Actors.Cells;

/// <summary>Death watch, both sides.</summary>
internal sealed partial class ActorCell
{
    // Null: alive as far as we know. Otherwise the notice that waits in the mailbox; another one there for the same actor is void.
    private Dictionary<IActorRef, DeathTicket?>? _watching;
    private List<IInternalRef>? _watchers;

    public void Watch(IActorRef actor)
    {
        RequireTurn();
        ArgumentNullException.ThrowIfNull(actor);
        if (actor is not IInternalRef target)
            throw new NotSupportedException($"{actor.Path} is not a ref of this kernel and cannot be watched.");
        if (!ReferenceEquals(target, this) && (_watching ??= []).TryAdd(actor, null))
            target.SendSystem(new WatchRequest(this));
    }

    public void Unwatch(IActorRef actor)
    {
        RequireTurn();
        ArgumentNullException.ThrowIfNull(actor);
        if (_watching?.Remove(actor) == true)
            ((IInternalRef)actor).SendSystem(new UnwatchRequest(this));
    }

    public void AddWatcher(IInternalRef watcher)
    {
        if (_phase == Phase.Stopped)
            watcher.SendSystem(new DeathNotice(this, existenceConfirmed: false));
        else if (!(_watchers ??= []).Contains(watcher))
            _watchers.Add(watcher);
    }

    public void RemoveWatcher(IInternalRef watcher) => _watchers?.Remove(watcher);

    public void OnDeath(IInternalRef dead, bool existenceConfirmed)
    {
        if (_phase == Phase.Stopped)
            return;
        if (dead is ActorCell cell && ReferenceEquals(cell.ParentCell, this))
        {
            var ended = _childEnded;
            _childEnded = null;
            ended?.TrySetResult();
        }

        if (_watching is null || !_watching.TryGetValue(dead, out var ticket) || ticket is not null)
            return;
        ticket = new DeathTicket(new Terminated(dead, existenceConfirmed, AddressTerminated: false));
        _watching[dead] = ticket;

        // At the tail: behind everything the dead one had sent. Over the bound: there is one for each watch.
        _mailbox.ForceEnqueue(new Mailboxes.Envelope(ticket, dead));
    }

    /// <summary>Takes a notice out of the books. False when it was taken back by an unwatch in the meantime.</summary>
    public bool Redeem(DeathTicket ticket)
    {
        if (_watching is null || !_watching.TryGetValue(ticket.Notice.Actor, out var current) || !ReferenceEquals(current, ticket))
            return false;
        _watching.Remove(ticket.Notice.Actor);
        return true;
    }

    private void UnwatchAll()
    {
        if (_watching is null)
            return;
        foreach (var target in _watching.Keys.OrderBy(static actor => actor.Path.Uid))
            ((IInternalRef)target).SendSystem(new UnwatchRequest(this));
        _watching = null;
    }

    private void TellWatchers()
    {
        foreach (var watcher in _watchers ?? [])
        {
            if (!ReferenceEquals(watcher, ParentCell)) // Was told as the parent.
                watcher.SendSystem(new DeathNotice(this, existenceConfirmed: true));
        }

        _watchers = null;
    }
}
