using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Sessions.Region;

/// <content>The way down: every session in memory ends what it does; those that are woken later are told first of all.</content>
internal sealed partial class SessionsActor
{
    private readonly HashSet<SessionId> _unquiet = [];
    private IActorRef? _quiescer;
    private bool _isQuiescing;

    private ValueTask OnQuiesce()
    {
        (_quiescer, _isQuiescing) = (Sender, true);
        foreach (var (id, child) in _children)
        {
            _unquiet.Add(id);
            child.Ref.Tell(new SessionActor.Quiesce(), Self);
        }

        ReportQuiet();
        return ValueTask.CompletedTask;
    }

    // Also by a refusal: whoever cannot write the end of its turn is not waited for, the next start closes it.
    private ValueTask OnQuiet()
    {
        if (IsElsewhere(new SessionId(Sender.Path.Name)))
            Context.Stop(Sender); // Its shard is given away, and it has written all it had to.
        _unquiet.Remove(new SessionId(Sender.Path.Name));
        ReportQuiet();
        return ValueTask.CompletedTask;
    }

    private void ReportQuiet()
    {
        if (_unquiet.Count > 0)
            return;

        _quiescer?.Tell(new Quiesced(), Self);
        _quiescer = null;
    }
}
