using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Questions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Sharding;

namespace OpenCode.Actors.Sessions.Region;

/// <content>A node of a cluster: which shards may run here, and how they come and go.</content>
internal sealed partial class SessionsActor
{
    // Null when this node is the only one there is: then everything runs here.
    private readonly ShardGate? _gate = setup.Shards is null ? null : new ShardGate();

    private readonly List<Leaving> _leaving = [];
    private bool _isSuspended;

    /// <summary>These shards may run here from now on, under these tokens. Turns that are unfinished in them are taken up.</summary>
    /// <param name="Shards">The shards.</param>
    /// <param name="WrittenThrough">The log up to this offset has all that earlier owners wrote; null where it has to be asked how far it is.</param>
    public sealed record OpenShards(IReadOnlyList<Fence> Shards, long? WrittenThrough = null);

    /// <summary>The shards are open, but for those that were closed meanwhile.</summary>
    public sealed record ShardsOpened;

    /// <summary>These shards run here no more. Turns are closed as aborted, those that wait for their user wait on elsewhere (RULES C5).</summary>
    /// <param name="Shards">The shards.</param>
    /// <param name="Abandon">They are lost already: everything of them stops at once and writes nothing.</param>
    public sealed record CloseShards(IReadOnlyList<int> Shards, bool Abandon);

    /// <summary>Nothing of the shards runs here. What an abandoned one had given to the journal is decided by its token.</summary>
    /// <param name="WrittenThrough">Unless abandoned: the log up to this offset has all that was written to them.</param>
    public sealed record ShardsClosed(long WrittenThrough);

    /// <summary>Asks which shards have a running turn. One that only waits for its user waits as well elsewhere (RULES C5, G2).</summary>
    public sealed record ListBusyShards;

    /// <summary>They have one.</summary>
    public sealed record BusyShards(IReadOnlySet<int> Shards);

    /// <summary>RULES F1: begins no model call and no tool until <see cref="Resume"/>. Commands are refused where they come in.</summary>
    public sealed record Suspend;

    /// <summary>Everything goes on.</summary>
    public sealed record Resume;

    /// <summary>A session's append was refused: its shard has another owner.</summary>
    public sealed record ShardLost(Fence Fence);

    // A close that waits for the end of sessions.
    private sealed record Leaving(HashSet<SessionId> Sessions, CloseShards Closing, IActorRef ReplyTo);

    private sealed record Settled(long Through, IActorRef ReplyTo);

    private ValueTask HandleShared(object message)
    {
        switch (message)
        {
            case OpenShards m:
                return OnOpenShards(m);
            case LogKnown m:
                AwaitLog(m.Head, new ReadyToOpen(m.Opening), Sender);
                return ValueTask.CompletedTask;
            case ReadyToOpen m:
                return OnReadyToOpen(m);
            case Settled m:
                m.ReplyTo.Tell(new ShardsClosed(m.Through), Self);
                return ValueTask.CompletedTask;
            case SearchNow:
                Search();
                return ValueTask.CompletedTask;
            case UnfinishedFound m:
                return OnUnfinishedFound(m);
            case UnfinishedNotFound m:
                throw new InvalidOperationException($"The unfinished turns of opened shards could not be read from the journal: {m.Cause.Message}", m.Cause);
            case CloseShards m:
                return OnCloseShards(m);
            case ShardLost m:
                return OnShardLost(m);
            case ListBusyShards:
                return Answer(new BusyShards(_children.Keys.Where(IsRunning).Select(Shard.Of).ToHashSet()));
            case Suspend or Resume:
                return OnSuspension(message is Suspend);
            default:
                return HandleFollowing(message);
        }
    }

    private bool IsRunning(SessionId id) => _active.TryGetValue(id, out var notes) && notes is { Status: not IdleStatus, IsParked: false };

    private bool IsElsewhere(SessionId id) => _gate is not null && _gate.FenceOf(id) is null;

    private NotHere? WhyNotHere(SessionId? parent) => parent switch
    {
        { } known when IsElsewhere(known) => new NotHere(Shard.Of(known)),
        null when !_gate!.IsAnyOpen => new NotHere(null),
        _ => null,
    };

    private ValueTask OnCloseShards(CloseShards message)
    {
        foreach (var shard in message.Shards)
        {
            _opening.Remove(shard);
            _gate!.Close(shard);
        }

        var left = _children.Keys.Where(id => message.Shards.Contains(Shard.Of(id))).ToHashSet();
        foreach (var id in left)
            End(id, message.Abandon);
        LogClosed(_logger, message.Shards.Count, left.Count, message.Abandon);
        var leaving = new Leaving(left, message, Sender);
        if (left.Count == 0)
            AnswerClosed(leaving);
        else
            _leaving.Add(leaving);
        return ValueTask.CompletedTask;
    }

    // A session that has failed leaves an append behind that is still under way.
    private void AnswerClosed(Leaving leaving)
    {
        if (leaving.Closing.Abandon)
            leaving.ReplyTo.Tell(new ShardsClosed(0), Self);
        else
            Context.PipeTo(journal.Ask<JournalActor.Settled>(new JournalActor.Settle(leaving.Closing.Shards), Timeout.InfiniteTimeSpan, Context.Incarnation), m => new Settled(m.Head, leaving.ReplyTo));
    }

    private void End(SessionId id, bool abandon)
    {
        var child = _children[id];
        child.IsLeaving = true;
        if (abandon)
            Context.Stop(child.Ref);
        else
            child.Ref.Tell(new SessionActor.Quiesce(IsMoving: true), Self);
    }

    private void ReportClosed(SessionId id)
    {
        for (var i = _leaving.Count - 1; i >= 0; i--)
        {
            _leaving[i].Sessions.Remove(id);
            if (_leaving[i].Sessions.Count > 0)
                continue;

            AnswerClosed(_leaving[i]);
            _leaving.RemoveAt(i);
        }
    }

    private ValueTask OnShardLost(ShardLost message)
    {
        if (_gate!.FenceOf(message.Fence.Shard) != message.Fence)
            return ValueTask.CompletedTask;

        LogLost(_logger, message.Fence.Shard, message.Fence.Token);
        _gate.Close(message.Fence.Shard);
        StopSessions(message.Fence.Shard);
        setup.Shards!.OnLost(message.Fence);
        return ValueTask.CompletedTask;
    }

    // Sessions that were recovered under another token write nothing any more. What comes for them is kept until they have gone.
    private void StopSessions(int shard)
    {
        foreach (var id in _children.Keys.Where(id => Shard.Of(id) == shard))
            End(id, abandon: true);
    }

    private ValueTask OnSuspension(bool isSuspended)
    {
        _isSuspended = isSuspended;
        foreach (var child in _children.Values)
            child.Ref.Tell(isSuspended ? new SessionActor.Suspend() : new SessionActor.Resume(), Self);
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(EventId = 6034, Level = LogLevel.Information, Message = "{Shards} shards are closed here, {Sessions} sessions of them leave (abandoned: {Abandoned}).")]
    private static partial void LogClosed(ILogger logger, int shards, int sessions, bool abandoned);

    [LoggerMessage(EventId = 6035, Level = LogLevel.Warning, Message = "Shard {Shard} is no longer ours under token {Token}: an append was refused. Its sessions stop here; the owner goes on with them.")]
    private static partial void LogLost(ILogger logger, int shard, long token);
}
