namespace OpenCode.Actors;

/// <summary>The recipe for an actor: how an instance is made, where it runs, which mailbox it has. Immutable.</summary>
public sealed record Props
{
    private Props(Func<Actor> factory) => Factory = factory;

    /// <summary>Gets the function that makes an instance, at the start and at each restart.</summary>
    public Func<Actor> Factory { get; private init; }

    /// <summary>Gets the name of the dispatcher: <c>pool</c>, <c>pinned</c>, <c>blocking</c> or one of <see cref="ActorSystemOptions.Dispatchers"/>.</summary>
    public string? DispatcherName { get; private init; }

    /// <summary>Gets the mailbox; bounded to 1,000 messages, then <see cref="OverflowPolicy.Reject"/>, by default.</summary>
    public MailboxOptions Mailbox { get; private init; } = MailboxOptions.Default;

    /// <summary>Gets how many messages the actor handles before others get their turn; 32 by default.</summary>
    public int Throughput { get; private init; } = 32;

    /// <summary>Gets how many messages may be stashed; 1,000 by default.</summary>
    public int StashCapacity { get; private init; } = 1_000;

    /// <summary>Makes props from a factory.</summary>
    /// <param name="factory">Makes a <b>new</b> instance at each call.</param>
    public static Props Create(Func<Actor> factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return new Props(factory);
    }

    /// <summary>Runs the actor on another dispatcher.</summary>
    /// <param name="name"><c>pool</c>; <c>pinned</c> (a thread of its own); <c>blocking</c> (few threads that may block); or a name of the system's options.</param>
    public Props WithDispatcher(string name) => this with { DispatcherName = name };

    /// <summary>Gives the actor another mailbox.</summary>
    /// <param name="mailbox">The mailbox.</param>
    public Props WithMailbox(MailboxOptions mailbox) => this with { Mailbox = mailbox };

    /// <summary>Sets how many messages the actor handles before others get their turn.</summary>
    /// <param name="messages">1 or more; 1 to 8 for an actor whose messages are heavy.</param>
    public Props WithThroughput(int messages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(messages, 1);
        return this with { Throughput = messages };
    }

    /// <summary>Sets how many messages may be stashed.</summary>
    /// <param name="messages">1 or more.</param>
    public Props WithStashCapacity(int messages)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(messages, 1);
        return this with { StashCapacity = messages };
    }
}
