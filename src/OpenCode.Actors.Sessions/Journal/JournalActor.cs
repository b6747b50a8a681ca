using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Metrics;
using OpenCode.Actors.Sessions.Region;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Sessions.Journal;

/// <summary>Gives sessions access to the journal: keeps order and version of each owner, and recovers owners (rule "An append has no timeout", rule "Tell the journal, never ask").</summary>
/// <remarks>
/// Appends do not wait for one another here: group commit is inside the journal. An append has no deadline: it is committed, refused, or the journal dies.
/// A plain restart, without backoff, is enough: the actor opens nothing at its start that could fail again, and a backoff would lose the messages of the pause, while a
/// restart keeps the mailbox. A new incarnation knows no versions: it tells every open owner, and refuses what they still append.
/// In a cluster an owner is claimed before it is read, its appends name the claim, and a refused one ends all owners of that claim (rule "Claim before read").
/// An answer to an owner that has failed meanwhile is no loss: its next incarnation reads the outcome of the append. So answers make no dead letters.
/// </remarks>
internal sealed partial class JournalActor : ReceiveActor
{
    private readonly IJournal _journal;
    private readonly AppendLedger _ledger;
    private readonly SessionMetrics _metrics;
    private readonly ILogger _logger;
    private readonly IShardClaims? _claims;
    private readonly JournalTraces? _traces;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Dictionary<string, OpenOwner> _owners = new(StringComparer.Ordinal);

    public JournalActor(IJournal journal, AppendLedger ledger, SessionMetrics metrics, ILogger<JournalActor> logger, IShardClaims? claims, JournalTraces? traces)
    {
        (_journal, _ledger, _metrics, _logger, _claims, _traces) = (journal, ledger, metrics, logger, claims, traces);

        Receive<Append>(OnAppend);
        Receive<AppendDecided>(OnAppendDecided);
        Receive<Recover>(OnRecover);
        Receive<OwnerRead>(OnOwnerRead);
        Receive<Release>(OnRelease);
    }

    /// <summary>Appends a batch.</summary>
    /// <param name="Owner">The owner of the state that changes.</param>
    /// <param name="Version">The version that the last answer gave.</param>
    /// <param name="Batch">What to append.</param>
    public sealed record Append(string Owner, long Version, JournalBatch Batch);

    /// <summary>The batch is committed.</summary>
    /// <param name="Version">The version that the append named.</param>
    /// <param name="FirstOffset">The offset of its first entry.</param>
    /// <param name="NextVersion">The version that the next append names.</param>
    public sealed record Appended(long Version, long FirstOffset, long NextVersion) : IDeadLetterSuppression;

    /// <summary>Nothing was written: the owner was recovered by another actor since, or never. Recover it again.</summary>
    public sealed record AppendRefused(long Version, string Reason) : IDeadLetterSuppression;

    /// <summary>The journal refused or failed. With <see cref="JournalFullException"/> nothing was written, and the next append names <paramref name="NextVersion"/>.</summary>
    public sealed record AppendFailed(long Version, Exception Cause, long NextVersion) : IDeadLetterSuppression;

    /// <summary>Reads the rows of an owner once every append taken for it is decided, and makes every version of it before this one stale.</summary>
    public sealed record Recover(string Owner);

    /// <summary>The rows of an owner, and the version of its first append. Entries after <paramref name="Offset"/> are none of its own.</summary>
    public sealed record Recovered(IReadOnlyList<StateRow> Rows, long Version, long Offset) : IDeadLetterSuppression;

    /// <summary>The rows could not be read.</summary>
    public sealed record RecoveryFailed(Exception Cause) : IDeadLetterSuppression;

    /// <summary>The owner has left memory: forget its version.</summary>
    public sealed record Release(string Owner) : IDeadLetterSuppression; // Sent at the end of a session, when the journal may have ended too.

    /// <summary>Tells an open owner that its version is forgotten and that appends under way will not be answered: recover again.</summary>
    public sealed record JournalRestarted : INotInfluenceReceiveTimeout, IDeadLetterSuppression;

    /// <summary>Tells an open owner that another node has its shard: what it holds may be stale, and none of its appends is taken any more.</summary>
    public sealed record ClaimLost(Fence Fence) : INotInfluenceReceiveTimeout, IDeadLetterSuppression;

    private sealed record AppendDecided(string Owner, IActorRef ReplyTo, object Answer) : IDeadLetterSuppression;

    private sealed record OwnerRead(OpenOwner Open, object Answer, Fence? Fence = null) : IDeadLetterSuppression;

    private sealed class OpenOwner(IActorRef actor)
    {
        public IActorRef Actor { get; } = actor;

        public long Version { get; set; }

        public bool IsWaiting { get; set; }

        public Fence? Fence { get; set; }
    }

    public static Props PropsFor(
        IJournal journal, AppendLedger ledger, SessionMetrics metrics, ILogger<JournalActor> logger, IShardClaims? claims = null, JournalTraces? traces = null) =>
        Props.Create(() => new JournalActor(journal, ledger, metrics, logger, claims, traces));

    protected override void PreRestart(Exception reason, object message)
    {
        LogRestarting(_logger, reason, _owners.Count);
        _metrics.Restarted("journal");
        foreach (var open in _owners.Values)
            open.Actor.Tell(new JournalRestarted());
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private void OnAppend(Append message)
    {
        var (owner, version, batch) = message;
        if (!_owners.TryGetValue(owner, out var open) || open.Version != version)
        {
            Sender.Tell(new AppendRefused(version, $"Version {version} of '{owner}' is stale: it was recovered by another actor since, or never."));
            return;
        }

        // Counted when taken, not when committed: a second append of the same version is refused, whatever the outcome of the first.
        var next = open.Version = _ledger.NextVersion();
        _ledger.Take(owner);

        // claim-before-read: an append carries the token that its owner was recovered under, never a newer one.
        if (open.Fence is { } fence)
            batch = batch with { Fences = [fence] };
        if (_traces?.Of(owner) is { } trace)
            batch = batch with { Trace = trace };

        var replyTo = Sender;
        AppendAsync(batch).PipeTo(
            Self,
            success: first => new AppendDecided(owner, replyTo, new Appended(version, first, next)),
            failure: cause => new AppendDecided(owner, replyTo, new AppendFailed(version, cause, next)));
    }

    // No cancellation: giving up waiting would leave an append undecided behind the back of its owner's next recovery.
    private async Task<long> AppendAsync(JournalBatch batch) => await _journal.AppendAsync(batch, CancellationToken.None);

    private void OnAppendDecided(AppendDecided message)
    {
        var owner = message.Owner;
        _ledger.Decide(owner);
        message.ReplyTo.Tell(message.Answer);
        if (message.Answer is AppendFailed { Cause: JournalFencedException { Fence: var lost } })
            OnClaimLost(lost);
        if (_owners.TryGetValue(owner, out var open) && open.IsWaiting && !_ledger.HasUndecided(owner))
            Read(owner, open);
    }

    // The owners of a later claim of the same shard go on.
    private void OnClaimLost(Fence lost)
    {
        _claims?.Lost(lost);
        foreach (var open in _owners.Values)
        {
            if (open.Fence is { } fence && fence.Shard == lost.Shard && fence.Token <= lost.Token)
                open.Actor.Tell(new ClaimLost(lost));
        }
    }

    private void OnRecover(Recover message)
    {
        if (_owners.TryGetValue(message.Owner, out var earlier) && earlier.IsWaiting)
            earlier.Actor.Tell(new RecoveryFailed(new InvalidOperationException($"'{message.Owner}' is recovered by another actor.")));

        var open = new OpenOwner(Sender) { Version = _ledger.NextVersion() };
        _owners[message.Owner] = open;
        if (_ledger.HasUndecided(message.Owner))
            open.IsWaiting = true;
        else
            Read(message.Owner, open);
    }

    private void Read(string owner, OpenOwner open)
    {
        open.IsWaiting = false;
        ReadAsync(owner, open.Version).PipeTo(
            Self,
            success: read => new OwnerRead(open, read.Recovered, read.Fence),
            failure: cause => new OwnerRead(open, new RecoveryFailed(cause)));
    }

    private static void OnOwnerRead(OwnerRead message)
    {
        message.Open.Fence = message.Fence;
        message.Open.Actor.Tell(message.Answer);
    }

    private async Task<(Recovered Recovered, Fence? Fence)> ReadAsync(string owner, long version)
    {
        // claim-before-read: all that other nodes wrote is in the rows, and none of them writes any more.
        var fence = _claims is null ? null : await _claims.ClaimAsync(new SessionId(owner), _stopped.Token);

        // Read under the newest version: no other append can change the rows meanwhile.
        var rows = new List<StateRow>();
        await foreach (var row in _journal.LoadAsync(owner, _stopped.Token))
            rows.Add(row);

        return (new Recovered(rows, version, _journal.Head), fence);
    }

    private void OnRelease(Release message) => _owners.Remove(message.Owner);

    [LoggerMessage(EventId = 6008, Level = LogLevel.Error, Message = "The journal's actor failed and restarts. {Owners} open sessions read themselves again.")]
    private static partial void LogRestarting(ILogger logger, Exception cause, int owners);
}
