namespace OpenCode.Actors;

/// <summary>No message came for the time given to <see cref="IActorContext.SetReceiveTimeout"/>.</summary>
public sealed class ReceiveTimeout
{
    private ReceiveTimeout()
    {
    }

    /// <summary>Gets the message.</summary>
    public static ReceiveTimeout Instance { get; } = new();
}

/// <summary>Marks a message that does not count as activity for the receive timeout.</summary>
public interface INoInfluence;
