using Akka;
using Akka.Actor;
using Akka.Event;
using Akka.Streams;
using Akka.Streams.Dsl;
using Akka.Util;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.State;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Sessions.Index;

/// <summary>Follows the log as a stream of pages: waits for entries, reads and decodes them outside of the index, and resumes after a failure.</summary>
/// <param name="journal">The log.</param>
/// <param name="logger">The log of the server.</param>
/// <param name="stopped">Ends the wait for entries. The end of the stream alone would leave a waiter in the journal.</param>
internal sealed partial class LogFollower(IJournal journal, ILogger logger, CancellationToken stopped)
{
    // Retries never end. Akka resets the backoff by the real clock; a day keeps that out of the tests.
    private static readonly RestartSettings _backoff = RestartSettings.Create(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2), randomFactor: 0)
        .WithMaxRestarts(int.MaxValue, TimeSpan.FromDays(1));

    /// <summary>The page is taken in: the stream sends the next one.</summary>
    public sealed record PageTaken : IDeadLetterSuppression;

    /// <summary>The stream of pages runs; its sender is the stream's actor.</summary>
    public sealed record Began : IDeadLetterSuppression;

    /// <summary>The stream of pages ended: a fault, since it follows without an end.</summary>
    public sealed record Ended(Exception? Cause = null) : IDeadLetterSuppression;

    /// <summary>Sends the pages after an offset to the index: <see cref="LogPage"/>s without an end, or a <see cref="LogTrimmed"/> as the last one. Each is answered with <see cref="PageTaken"/>.</summary>
    public void Run(long after, IActorRef index, IMaterializer materializer) => After(after)
        .To(Sink.ActorRefWithAck<object>(index, new Began(), new PageTaken(), new Ended(), static cause => new Ended(cause)))
        .WithAttributes(Attributes.CreateInputBuffer(1, 1))
        .Run(materializer);

    private Source<object, NotUsed> After(long offset)
    {
        var through = offset;
        return RestartSource.OnFailuresWithBackoff(
            () => Source.UnfoldAsync<long?, object>(through, ReadAsync).Select(element =>
            {
                through = element is LogPage page ? page.Through : through;
                return element;
            }),
            _backoff);
    }

    // The state is the offset to go on after; null behind the last element.
    private async Task<Option<(long?, object)>> ReadAsync(long? state)
    {
        if (state is not { } after)
            return Option<(long?, object)>.None;

        try
        {
            var page = await ReadNextAsync(after);
            return (page.Through, page);
        }
        catch (JournalTrimmedException e)
        {
            LogLost(logger, e, after);
            return (null, new LogTrimmed());
        }
        catch (Exception e) when (!stopped.IsCancellationRequested)
        {
            LogReadFailed(logger, e, after);
            throw;
        }
    }

    private async Task<LogPage> ReadNextAsync(long after)
    {
        while (true)
        {
            await journal.WaitBeyondAsync(after, stopped);
            await foreach (var page in journal.ReadAsync(after, EntryFilter.All, stopped))
                return await DecodeAsync(after, page);
        }
    }

    private async Task<LogPage> DecodeAsync(long after, EntryPage page)
    {
        var happenings = new List<IndexEvent>();
        foreach (var entry in page.Entries)
        {
            if (Read(entry) is not { } happening)
                continue;

            happenings.Add(happening);
            if (happening.Event is PermissionReplied { Reply: PermissionAnswer.Always })
                happenings.Add(happening with { Event = new AlwaysRules(await RulesOfAsync(happening.SessionId.Value)) });
        }

        return new LogPage(after, page.Through, happenings);
    }

    // One entry that cannot be read must not hold up all that come after it.
    private IndexEvent? Read(LogEntry entry)
    {
        try
        {
            return IndexEventReader.Of(entry);
        }
        catch (Exception e) when (RowReader.IsOfJson(e))
        {
            LogUnreadable(logger, e, entry.Type, entry.Offset);
            return null;
        }
    }

    // The rows and not the request: an answer "always" also answers other requests, whose patterns the user was not asked about.
    private async Task<IReadOnlyList<LearnedRule>> RulesOfAsync(string owner)
    {
        var reader = new RowReader(logger);
        var rules = new List<LearnedRule>();
        await foreach (var row in journal.LoadAsync(owner, stopped))
        {
            if (row.Kind == Rows.Remember && reader.Read(row, ProtocolJson.Wire.PermissionRule) is { } rule)
                rules.Add(new LearnedRule(rule, row.Offset));
        }

        return rules;
    }

    [LoggerMessage(EventId = 6037, Level = LogLevel.Error, Message = "The log could not be followed after {Offset}; all sessions are read anew.")]
    private static partial void LogLost(ILogger logger, Exception cause, long offset);

    [LoggerMessage(EventId = 6036, Level = LogLevel.Error, Message = "The index cannot read the {Type} at {Offset} and goes on without it.")]
    private static partial void LogUnreadable(ILogger logger, Exception cause, string type, long offset);

    [LoggerMessage(EventId = 6040, Level = LogLevel.Warning, Message = "The log could not be read after {Offset}; it is tried again in a moment.")]
    private static partial void LogReadFailed(ILogger logger, Exception cause, long offset);
}
