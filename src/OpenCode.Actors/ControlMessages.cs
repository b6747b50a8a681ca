namespace OpenCode.Actors;

/// <summary>A message that the cell itself understands.</summary>
public abstract class ControlMessage
{
    private protected ControlMessage()
    {
    }
}

/// <summary>Stops the actor when it is its turn in the mailbox.</summary>
public sealed class PoisonPill : ControlMessage
{
    private PoisonPill()
    {
    }

    /// <summary>Gets the message.</summary>
    public static PoisonPill Instance { get; } = new();
}

/// <summary>Makes the actor fail with <see cref="ActorKilledException"/> when it is its turn in the mailbox, so that supervision decides.</summary>
public sealed class Kill : ControlMessage
{
    private Kill()
    {
    }

    /// <summary>Gets the message.</summary>
    public static Kill Instance { get; } = new();
}
