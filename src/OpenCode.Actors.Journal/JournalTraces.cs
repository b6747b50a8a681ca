using System.Collections.Concurrent;
using System.Diagnostics;

namespace OpenCode.Actors.Journal;

/// <summary>Follows a traced command: from the caller to the commit of what it leads to, and to the first frame of that which a client gets.</summary>
/// <remarks>Without a listener nothing is kept and nothing allocated. A command is followed on the node that took it, and its commit where its owner runs there too.</remarks>
/// <param name="time">The clock of the activities.</param>
public sealed class JournalTraces(TimeProvider time) : IDisposable
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "OpenCode.Actors";

    private const int MaxCommits = 256;

    // A frame that comes later belongs to a client that was away.
    private static readonly TimeSpan _firstFrameWithin = TimeSpan.FromSeconds(10);

    private readonly ActivitySource _source = new(SourceName);
    private readonly ConcurrentDictionary<string, Activity> _commands = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly List<TracedCommit> _commits = [];
    private int _commitCount;

    private sealed record TracedCommit(ActivityContext Trace, long First, string? Location, string? SessionId, DateTimeOffset At);

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();

    /// <summary>Begins the activity of a command; disposing it ends it, when the command is answered.</summary>
    /// <param name="owner">The owner whose batch the command leads to. Of several commands at the same time the batch belongs to one.</param>
    /// <param name="command">The command.</param>
    /// <returns>Null while nothing listens.</returns>
    public IDisposable? Begin(string owner, object command)
    {
        ArgumentNullException.ThrowIfNull(command);
        if (!_source.HasListeners() || _source.StartActivity($"session {command.GetType().Name}") is not { } activity)
            return null;

        activity.SetTag("session.id", owner);
        _commands[owner] = activity;
        return new CommandEnd(this, owner, activity);
    }

    /// <summary>Gets the activity of the command under way of an owner, for <see cref="JournalBatch.Trace"/>.</summary>
    /// <param name="owner">The owner.</param>
    /// <returns>Null if there is none.</returns>
    public Activity? Of(string owner) => _source.HasListeners() ? _commands.GetValueOrDefault(owner) : null;

    /// <summary>A stream has written and flushed all that it selects up to an offset.</summary>
    /// <param name="cursor">The offset.</param>
    /// <param name="filter">What the stream selects.</param>
    public void Written(long cursor, EntryFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (Volatile.Read(ref _commitCount) == 0)
            return;

        var now = time.GetUtcNow();
        lock (_lock)
        {
            for (var i = _commits.Count - 1; i >= 0; i--)
            {
                var commit = _commits[i];
                var isLate = now - commit.At > _firstFrameWithin;
                if (!isLate && (commit.First > cursor || !filter.Matches(commit.Location, commit.SessionId)))
                    continue;

                _commits.RemoveAt(i);
                if (!isLate)
                    Note("stream first frame", commit.Trace, commit.At, commit.First);
            }

            Volatile.Write(ref _commitCount, _commits.Count);
        }
    }

    /// <summary>A batch with a <see cref="JournalBatch.Trace"/> is committed. Called before any reader can see it.</summary>
    internal void Committed(JournalBatch batch, long first, TimeSpan took)
    {
        var now = time.GetUtcNow();
        var trace = batch.Trace!.Context;
        Note("journal commit", trace, now - took, first);
        if (batch.Entries is not [var entry, ..])
            return;

        lock (_lock)
        {
            if (_commits.Count == MaxCommits)
                _commits.RemoveAt(0);
            _commits.Add(new TracedCommit(trace, first, entry.Location, entry.SessionId, now));
            Volatile.Write(ref _commitCount, _commits.Count);
        }
    }

    // It is over: it ends now.
    private void Note(string name, ActivityContext trace, DateTimeOffset began, long first)
    {
        try
        {
            using var activity = _source.StartActivity(name, ActivityKind.Internal, trace, startTime: began);
            activity?.SetTag("journal.offset", first).SetEndTime(time.GetUtcNow().UtcDateTime);
        }
#pragma warning disable CA1031, RCS1075 // A listener's fault is not the journal's: the batch is committed, the frame written.
        catch (Exception)
#pragma warning restore CA1031, RCS1075
        {
        }
    }

    private sealed class CommandEnd(JournalTraces traces, string owner, Activity activity) : IDisposable
    {
        public void Dispose()
        {
            traces._commands.TryRemove(KeyValuePair.Create(owner, activity));
            activity.Dispose();
        }
    }
}
