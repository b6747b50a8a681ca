namespace OpenCode.Actors;

/// <summary>What a parent does about a child that failed.</summary>
public abstract class SupervisorStrategy
{
    private protected SupervisorStrategy()
    {
    }

    /// <summary>Gets the strategy used where an actor has none of its own: one for one, without a limit, with <see cref="DefaultDecider"/>.</summary>
    public static SupervisorStrategy Default { get; } = new OneForOne();

    /// <summary>Gets the strategy that stops every child that fails.</summary>
    public static SupervisorStrategy Stopping { get; } = new OneForOne(decider: static _ => Directive.Stop);

    /// <summary>Stops for a failed start, a kill or a death pact; restarts for anything else.</summary>
    /// <param name="cause">The failure.</param>
    public static Directive DefaultDecider(Exception cause) => cause switch
    {
        ActorInitializationException or ActorKilledException or DeathPactException => Directive.Stop,
        _ => Directive.Restart,
    };

    internal abstract Directive Decide(Exception cause, RestartHistory history, TimeProvider time);
}

/// <summary>The decision about a failed child.</summary>
public enum Directive
{
    /// <summary>Keep its state, drop the message.</summary>
    Resume,

    /// <summary>Make a new instance; the mailbox stays.</summary>
    Restart,

    /// <summary>End it.</summary>
    Stop,

    /// <summary>Fail with the same cause.</summary>
    Escalate,
}
