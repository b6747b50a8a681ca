using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journaling;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Sharding;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Region;

/// <content>Shards that come: open as soon as the index has all that was written to them; turns that are unfinished there are looked for afterwards.</content>
internal sealed partial class SessionsActor
{
    // Asked to be opened, by the token; given up when it is asked to be closed first.
    private readonly Dictionary<int, Fence> _opening = [];

    // What was given away in good order has only turns that wait for their user: one search for all that comes in a drain, and not in the middle of it.
    private static readonly TimeSpan _searchLater = TimeSpan.FromMilliseconds(250);

    // Opened, and not yet searched for turns that are unfinished.
    private readonly HashSet<int> _unsearched = [];
    private bool _isSearching;

    private sealed record LogKnown(OpenShards Opening, long Head);

    private sealed record ReadyToOpen(OpenShards Opening);

    private sealed record SearchNow
    {
        public static SearchNow Instance { get; } = new();
    }

    private sealed record UnfinishedFound(IReadOnlyList<SessionId> Sessions);

    private sealed record UnfinishedNotFound(Exception Cause);

    private ValueTask OnOpenShards(OpenShards message)
    {
        foreach (var fence in message.Shards)
            _opening[fence.Shard] = fence;
        // Told by the owner before; beyond this node's tail it is no better than asking, and after a restore it may never come.
        if (message.WrittenThrough is { } through && through <= setup.Journal.Head)
        {
            AwaitLog(through, new ReadyToOpen(message), Sender);
            return ValueTask.CompletedTask;
        }

        var asker = Sender;
        Context.PipeTo(
            setup.Journal.CatchUpAsync(Context.Incarnation), head => new FromAsker(new LogKnown(message, head), asker), cause => new FromAsker(new Status.Failure(cause), asker));
        return ValueTask.CompletedTask;
    }

    // The index has all that the owner before has written.
    private ValueTask OnReadyToOpen(ReadyToOpen message)
    {
        foreach (var fence in message.Opening.Shards)
        {
            if (_opening.GetValueOrDefault(fence.Shard) != fence)
                continue;

            _opening.Remove(fence.Shard);
            if (_gate!.FenceOf(fence.Shard) is { } earlier && earlier != fence)
                StopSessions(fence.Shard);
            _gate.Open(fence);
        }

        LogOpened(_logger, message.Opening.Shards.Count);
        _unsearched.UnionWith(message.Opening.Shards.Select(fence => fence.Shard));
        if (message.Opening.WrittenThrough is null)
            Search();
        else if (!Context.Timers.IsActive(nameof(SearchNow)))
            Context.Timers.StartSingle(nameof(SearchNow), SearchNow.Instance, _searchLater);
        return Answer(new ShardsOpened());
    }

    // One search at a time, for all that were opened since the last began.
    private void Search()
    {
        if (_isSearching || _unsearched.Count == 0)
            return;

        _isSearching = true;
        HashSet<int> shards = [.. _unsearched];
        _unsearched.Clear();
        Context.PipeTo(FindUnfinishedAsync(shards), static found => found, static cause => new UnfinishedNotFound(cause));
    }

    private async ValueTask<UnfinishedFound> FindUnfinishedAsync(HashSet<int> shards)
    {
        var unfinished = new List<SessionId>();
        await foreach (var row in setup.Journal.ListAsync(Rows.Turn, Context.Incarnation))
        {
            if (shards.Contains(Shard.Of(new SessionId(row.Owner))))
                unfinished.Add(new SessionId(row.Owner));
        }

        return new UnfinishedFound(unfinished);
    }

    // A command that comes before wakes its session by itself.
    private ValueTask OnUnfinishedFound(UnfinishedFound message)
    {
        _isSearching = false;
        foreach (var id in message.Sessions)
        {
            if (!IsElsewhere(id) && _index.TryGet(id, out _))
                AwakeChild(id);
        }

        if (message.Sessions.Count > 0)
            LogUnfinished(_logger, message.Sessions.Count);
        Search();
        return ValueTask.CompletedTask;
    }

    [LoggerMessage(EventId = 6033, Level = LogLevel.Information, Message = "{Shards} shards opened here.")]
    private static partial void LogOpened(ILogger logger, int shards);

    [LoggerMessage(EventId = 6038, Level = LogLevel.Information, Message = "{Unfinished} turns of opened shards were unfinished; their sessions are read from the journal.")]
    private static partial void LogUnfinished(ILogger logger, int unfinished);
}
