using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Sessions.Journal;

/// <summary>The one way of sessions to the journal: keeps the order and the version of each owner, and recovers owners (RULES C1).</summary>
/// <remarks>
/// Appends do not wait for one another here: group commit is inside the journal. An append has no deadline: it is committed, refused, or the journal dies.
/// The mailbox is unbounded, because each owner has one append under way at most. Restarted by its parent, it knows no versions any more: every open owner is
/// refused its next append and recovers.
/// </remarks>
internal sealed partial class JournalActor(IJournal journal, ILogger<JournalActor> logger) : Actor
{
    /// <summary>Appends a batch.</summary>
    /// <param name="Owner">Whose state changes; null when nobody's does (an event from outside), which needs no version.</param>
    /// <param name="Version">The version the last answer gave.</param>
    /// <param name="Batch">What to append.</param>
    public sealed record Append(string? Owner, long Version, JournalBatch Batch);

    /// <summary>The batch is committed. The next append names <paramref name="Version"/>.</summary>
    public sealed record Appended(long FirstOffset, long Version);

    /// <summary>Nothing was written: somebody else has the owner, or it was never recovered. Recover it again.</summary>
    public sealed record AppendRefused(string Reason);

    /// <summary>The journal refused or failed. With <see cref="JournalFullException"/> nothing was written, and <paramref name="Version"/> is the one to go on with.</summary>
    public sealed record AppendFailed(Exception Cause, long Version);

    /// <summary>Reads the rows of an owner once every append taken for it is decided, and makes every version of it before this one stale.</summary>
    /// <param name="Owner">Whose rows.</param>
    /// <param name="Fence">The claim under which the owner runs here and will append; null when there are no other nodes.</param>
    public sealed record Recover(string Owner, Fence? Fence = null);

    /// <summary>The rows of an owner, and the version of its first append. Entries after <paramref name="Offset"/> are none of its own.</summary>
    public sealed record Recovered(IReadOnlyList<StateRow> Rows, long Version, long Offset);

    /// <summary>The rows could not be read.</summary>
    public sealed record RecoveryFailed(Exception Cause);

    /// <summary>The owner has left memory: forget its version and let the journal put it away.</summary>
    public sealed record Release(string Owner);

    /// <summary>Waits until every append taken so far for owners of these shards is decided.</summary>
    public sealed record Settle(IReadOnlyCollection<int> Shards);

    /// <summary>They are: what was committed of them, the log has up to <paramref name="Head"/>.</summary>
    public sealed record Settled(long Head);

    private sealed record Decided(string? Owner, IActorRef ReplyTo, object Answer);

    private sealed record Loaded(IActorRef ReplyTo, object Answer);

    private sealed record PutAway(string Owner, Exception? Failure);

    private sealed class OpenOwner
    {
        public long Version { get; set; }

        public Fence? Fence { get; set; }

        public int UnderWay { get; set; }

        public List<IActorRef> Recovering { get; } = [];

        public List<Settling> Settling { get; } = [];
    }

    private sealed class Settling(IActorRef replyTo, int owners)
    {
        public IActorRef ReplyTo => replyTo;

        public int Left { get; set; } = owners;
    }

    private readonly Dictionary<string, OpenOwner> _owners = new(StringComparer.Ordinal);

    // One count for all owners: an owner that is released and recovered never gets an old number again.
    private long _lastVersion;

    public static Props PropsFor(IJournal journal, ILogger<JournalActor> logger) =>
        Props.Create(() => new JournalActor(journal, logger)).WithMailbox(MailboxOptions.Unbounded);

    protected override ValueTask ReceiveAsync(object message) => message switch
    {
        Append m => OnAppend(m),
        Decided m => OnDecided(m),
        Recover m => OnRecover(m),
        Loaded m => Answer(m.ReplyTo, m.Answer),
        Release m => OnRelease(m),
        Settle m => OnSettle(m),
        PutAway m => OnPutAway(m),
        _ => Unhandled(message),
    };

    private static ValueTask Answer(IActorRef replyTo, object answer)
    {
        replyTo.Tell(answer);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnAppend(Append message)
    {
        var version = 0L;
        var batch = message.Batch;
        if (message.Owner is { } owner)
        {
            if (!_owners.TryGetValue(owner, out var open) || open.Version != message.Version)
                return Answer(Sender, new AppendRefused($"Version {message.Version} of '{owner}' is stale: it was recovered by another actor since, or never."));

            // Counted when taken, not when committed: a second append of the same version is refused, whatever becomes of the first.
            version = open.Version = ++_lastVersion;
            open.UnderWay++;
            if (open.Fence is { } fence)
                batch = batch with { Fences = [fence] };
        }

        var replyTo = Sender;
        Context.PipeTo(
            AppendAsync(batch),
            first => new Decided(message.Owner, replyTo, new Appended(first, version)),
            cause => new Decided(message.Owner, replyTo, new AppendFailed(cause, version)));
        return ValueTask.CompletedTask;
    }

    // No cancellation: giving up waiting would leave an append undecided behind the back of its owner's next recovery.
    private async ValueTask<long> AppendAsync(JournalBatch batch) => await journal.AppendAsync(batch, CancellationToken.None);

    private ValueTask OnDecided(Decided message)
    {
        message.ReplyTo.Tell(message.Answer);
        if (message.Owner is { } owner && _owners.TryGetValue(owner, out var open) && --open.UnderWay == 0)
        {
            foreach (var replyTo in open.Recovering)
                Load(owner, open.Version, replyTo);
            open.Recovering.Clear();
            foreach (var settling in open.Settling.Where(static settling => --settling.Left == 0))
                settling.ReplyTo.Tell(new Settled(journal.Head));
            open.Settling.Clear();
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask OnRecover(Recover message)
    {
        if (!_owners.TryGetValue(message.Owner, out var open))
            _owners.Add(message.Owner, open = new OpenOwner());

        open.Version = ++_lastVersion;
        open.Fence = message.Fence;
        if (open.UnderWay > 0)
            open.Recovering.Add(Sender);
        else
            Load(message.Owner, open.Version, Sender);

        return ValueTask.CompletedTask;
    }

    private void Load(string owner, long version, IActorRef replyTo) => Context.PipeTo(
        LoadAsync(owner, version),
        recovered => new Loaded(replyTo, recovered),
        cause => new Loaded(replyTo, new RecoveryFailed(cause)));

    private async ValueTask<Recovered> LoadAsync(string owner, long version)
    {
        // Nobody else writes them any more, and what others wrote of them before is in this node's tail: its shard was opened after that.
        var rows = new List<StateRow>();
        await foreach (var row in journal.LoadAsync(owner, Context.Incarnation))
            rows.Add(row);

        return new Recovered(rows, version, journal.Head);
    }

    private ValueTask OnRelease(Release message)
    {
        if (_owners.TryGetValue(message.Owner, out var open) && open is { UnderWay: 0, Recovering.Count: 0 })
        {
            _owners.Remove(message.Owner);
            Context.PipeTo(journal.CompactAsync(message.Owner, Context.Incarnation), () => new PutAway(message.Owner, null), e => new PutAway(message.Owner, e));
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask OnSettle(Settle message)
    {
        List<OpenOwner> undecided = [.. _owners.Values.Where(open => open is { UnderWay: > 0, Fence: { } fence } && message.Shards.Contains(fence.Shard))];
        if (undecided.Count == 0)
            return Answer(Sender, new Settled(journal.Head));

        var settling = new Settling(Sender, undecided.Count);
        foreach (var open in undecided)
            open.Settling.Add(settling);
        return ValueTask.CompletedTask;
    }

    private ValueTask OnPutAway(PutAway message)
    {
        if (message.Failure is { } failure)
            LogNotPutAway(logger, failure, message.Owner);

        return ValueTask.CompletedTask;
    }

    [LoggerMessage(EventId = 6001, Level = LogLevel.Warning, Message = "The journal could not put away {Owner}. Nothing is lost; it costs memory until the next start.")]
    private static partial void LogNotPutAway(ILogger logger, Exception cause, string owner);
}
