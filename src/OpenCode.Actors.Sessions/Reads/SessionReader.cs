using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Reads;

/// <summary>Reads a session from the journal without its actor, wherever that is: the rows, and the streamed text behind them from this node's log.</summary>
/// <param name="journal">The journal.</param>
/// <param name="logger">The log of the server.</param>
internal sealed partial class SessionReader(IJournal journal, ILogger logger)
{
    /// <summary>Answers a read with all that any node had committed before the call.</summary>
    public async Task<object> ReadAsync(SessionId id, ISessionRead read, CancellationToken cancellationToken) =>
        Reading.Answer(id, (await LoadAsync(id, cancellationToken)).State, read);

    /// <summary>Returns how a turn ended, as <see cref="Reading.EndOf"/> does; or that it is open: <see cref="TurnOpen"/>.</summary>
    public async Task<object> EndOfAsync(SessionId id, TurnId turn, CancellationToken cancellationToken)
    {
        var (state, head) = await LoadAsync(id, cancellationToken);
        if (state.IsOpen(turn))
            return new TurnOpen(head);

        // order-barrier: the rows are younger than the look at the head, and may have an end that lies behind it.
        return Reading.EndOf(id, state, turn, await journal.CatchUpAsync(cancellationToken));
    }

    /// <summary>Reads the pieces of streamed text after an offset. Those that retention took are left out: the part keeps what was stored.</summary>
    public async Task<IReadOnlyList<LogEntry>> ReadDeltasAsync(SessionId id, long after, CancellationToken cancellationToken)
    {
        var deltas = new List<LogEntry>();
        try
        {
            await foreach (var page in journal.ReadAsync(after, new EntryFilter(SessionId: id.Value), cancellationToken))
                deltas.AddRange(page.Entries.Where(SessionFold.IsDelta));
        }
        catch (JournalTrimmedException e)
        {
            LogDeltasGone(logger, e, id.Value);
        }

        return deltas;
    }

    private async Task<(SessionState State, long Head)> LoadAsync(SessionId id, CancellationToken cancellationToken)
    {
        try
        {
            return await LoadNowAsync(id, cancellationToken);
        }
        catch (Exception e) when (e is not (OperationCanceledException or JournalFailedException))
        {
            LogUnreadable(logger, e, id.Value);
            throw;
        }
    }

    // reads-come-from-the-database: the rows are as of a moment after the look at the head, so what they do not tell is not before it.
    private async Task<(SessionState State, long Head)> LoadNowAsync(SessionId id, CancellationToken cancellationToken)
    {
        var head = await journal.CatchUpAsync(cancellationToken);
        var rows = new List<StateRow>();
        await foreach (var row in journal.LoadAsync(id.Value, cancellationToken))
            rows.Add(row);

        var (state, openSince) = SessionFold.FoldRows(rows);
        return (openSince is { } after ? SessionFold.FoldDeltas(state, await ReadDeltasAsync(id, after, cancellationToken)) : state, head);
    }

    [LoggerMessage(EventId = 6011, Level = LogLevel.Error, Message = "The rows of {SessionId} cannot be read; the request gets 503. A newer version may have written them: look at the cause.")]
    private static partial void LogUnreadable(ILogger logger, Exception cause, string sessionId);

    [LoggerMessage(EventId = 6005, Level = LogLevel.Warning, Message = "The newest text of {SessionId} is no longer in the log; the part keeps what was stored.")]
    private static partial void LogDeltasGone(ILogger logger, Exception cause, string sessionId);
}
