namespace OpenCode.Actors.Sessions.Journal;

/// <summary>State that outlives a restart of the journal's actor: the undecided appends, and the last version that was given out.</summary>
/// <remarks>
/// Rule "An append has no timeout" holds over a restart too: a recovery is answered after every append that was taken for its owner is decided, whichever incarnation took it. Belongs to the
/// journal's actor; its incarnations follow one another, so no lock is needed.
/// </remarks>
internal sealed class AppendLedger
{
    private readonly Dictionary<string, int> _undecided = new(StringComparer.Ordinal);
    private long _lastVersion;

    /// <summary>Gives out a version. One count for all owners and incarnations: no owner ever gets an old number again.</summary>
    public long NextVersion() => ++_lastVersion;

    /// <summary>Notes that an append of an owner was handed to the journal.</summary>
    public void Take(string owner) => _undecided[owner] = _undecided.GetValueOrDefault(owner) + 1;

    /// <summary>Notes that an append of an owner was committed or refused.</summary>
    public void Decide(string owner)
    {
        if (_undecided[owner] == 1)
            _undecided.Remove(owner);
        else
            _undecided[owner]--;
    }

    /// <summary>True if an append of an owner is still undecided.</summary>
    public bool HasUndecided(string owner) => _undecided.ContainsKey(owner);
}
