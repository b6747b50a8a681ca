using OpenCode.Actors.Mailboxes;

namespace OpenCode.Actors;

/// <summary>The kind of queue in front of an actor.</summary>
public abstract record MailboxOptions
{
    private protected MailboxOptions()
    {
    }

    /// <summary>Gets the default: 1,000 messages, then <see cref="OverflowPolicy.Reject"/>.</summary>
    public static MailboxOptions Default { get; } = Bounded();

    /// <summary>Gets a queue without a bound, for the journal and the log only.</summary>
    public static MailboxOptions Unbounded { get; } = new UnboundedOptions();

    /// <summary>A bounded queue.</summary>
    /// <param name="capacity">1 or more messages.</param>
    /// <param name="policy">What happens when it is full.</param>
    public static MailboxOptions Bounded(int capacity = 1_000, OverflowPolicy policy = OverflowPolicy.Reject)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return new BoundedOptions(capacity, policy);
    }

    /// <summary>A bounded queue where the newest message of a key takes the place of the waiting one. New keys are rejected when it is full.</summary>
    /// <param name="key">The key of a message; null for one that is never replaced.</param>
    /// <param name="capacity">1 or more messages.</param>
    public static MailboxOptions Conflating(Func<object, object?> key, int capacity = 1_000)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        return new ConflatingOptions(key, capacity);
    }

    internal abstract Mailbox Create();

    private sealed record UnboundedOptions : MailboxOptions
    {
        internal override Mailbox Create() => new CountedMailbox(int.MaxValue, OverflowPolicy.Reject);
    }

    private sealed record BoundedOptions(int Capacity, OverflowPolicy Policy) : MailboxOptions
    {
        internal override Mailbox Create() => Policy is OverflowPolicy.Reject or OverflowPolicy.Fail
            ? new CountedMailbox(Capacity, Policy)
            : new DroppingMailbox(Capacity, Policy, key: null);
    }

    private sealed record ConflatingOptions(Func<object, object?> Key, int Capacity) : MailboxOptions
    {
        internal override Mailbox Create() => new DroppingMailbox(Capacity, OverflowPolicy.Reject, Key);
    }
}
