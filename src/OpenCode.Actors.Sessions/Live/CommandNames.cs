using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>The names of recently executed commands: each is stored with its effect, found again for copies of the command, and removed after a while (rule "Named commands").</summary>
internal sealed class CommandNames
{
    // A name is kept for 15 minutes. The clocks of two nodes may differ by an hour, so what other nodes noted is kept for a minute at least: copies are sent for seconds.
    private const long NameMs = 15 * 60_000;
    private const long CopiesMs = 60_000;
    private const long ClocksDifferMs = 3_600_000;

    // Refused because the disk was full: such a refusal cannot be a row. Copies come within seconds, mostly to this actor.
    private readonly Dictionary<string, (StorageFull Refusal, long At)> _withoutRoom = new(StringComparer.Ordinal);
    private long _recoveredAt;
    private long _forgetAt;
    private bool _isUnburied;

    /// <summary>The names of the session are as they were recovered now.</summary>
    public void Begin(long now) => _recoveredAt = now;

    /// <summary>Finds the outcome of a named command; null when it was not executed.</summary>
    public static Outcome? Find(SessionState state, string name) =>
        state.Names.TryGetValue(name, out var done) ? done.Outcome : state.Tombstone?.Name == name ? new Outcome(OutcomeKind.Deleted) : null;

    /// <summary>Finds the refusal of a command for which there was no room.</summary>
    public StorageFull? FindDiskFull(string name) => _withoutRoom.TryGetValue(name, out var full) ? full.Refusal : null;

    /// <summary>Notes the name of a command with its effect.</summary>
    /// <remarks>A creation is named by the session's id, the begin of a deletion by its mark, and a deletion by the tombstone. A query is decided again for the next copy.</remarks>
    public void Note(Decision decision, string name, Outcome outcome)
    {
        if (!(decision.ChangesSomething || outcome.Kind is OutcomeKind.Refused or OutcomeKind.Accepted) || outcome.Kind is OutcomeKind.Created or OutcomeKind.DeleteBegun or OutcomeKind.Deleted)
            return;

        decision.Done(name, outcome);
        ForgetOld(decision);
    }

    /// <summary>Notes the names of commands that were refused because the disk was full.</summary>
    public void NoteDiskFull(IEnumerable<Completion> refused, StorageFull refusal, long now)
    {
        foreach (var completion in refused)
        {
            if (completion.Name is { } name)
                _withoutRoom[name] = (refusal, now);
        }
    }

    /// <summary>Removes a tombstone that has been kept for long enough. Tried once: there may be no room on the disk.</summary>
    /// <returns>Whether it is being removed.</returns>
    public bool TryRemoveTombstone(Committer committer, long now)
    {
        if (_isUnburied || committer.State.Tombstone is not { } tombstone || now - tombstone.At < Tombstone.KeptMs)
            return false;

        _isUnburied = true;
        var decision = committer.NewDecision();
        decision.RemoveTombstone();
        committer.Commit(decision);
        return true;
    }

    private void ForgetOld(Decision decision)
    {
        var now = decision.Now;
        if (now < _forgetAt)
            return;

        _forgetAt = now + CopiesMs;
        foreach (var (name, done) in decision.State.Names)
        {
            var age = now - done.At;
            if ((age >= NameMs && now - _recoveredAt >= CopiesMs) || age >= NameMs + ClocksDifferMs)
                decision.Forget(name);
        }

        foreach (var (name, (_, at)) in _withoutRoom)
        {
            if (now - at >= NameMs)
                _withoutRoom.Remove(name);
        }
    }
}
