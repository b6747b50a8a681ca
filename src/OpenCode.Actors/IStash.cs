namespace OpenCode.Actors;

/// <summary>Messages put aside, in arrival order. A restart puts them in front of the mailbox, a stop makes them dead letters.</summary>
public interface IStash
{
    /// <summary>Gets the number of messages put aside.</summary>
    int Count { get; }

    /// <summary>Puts the current message aside.</summary>
    /// <exception cref="StashOverflowException">The stash is full (1,000 unless the props say otherwise).</exception>
    /// <exception cref="InvalidOperationException">The current message is already stashed, or there is none.</exception>
    void Stash();

    /// <summary>Puts all of them in front of the mailbox, in arrival order.</summary>
    void UnstashAll();
}
