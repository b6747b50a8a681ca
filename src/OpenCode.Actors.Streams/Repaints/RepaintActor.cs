using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Streams.Log;

namespace OpenCode.Actors.Streams.Repaints;

/// <summary>Makes repaints: follows the log only on request, and answers all requests that came meanwhile with the same frames.</summary>
internal sealed partial class RepaintActor : ReceiveActor
{
    /// <summary>How far back a repaint goes.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    /// <summary>How much a stream gets (rule "Repaint scope").</summary>
    public const int MostBytes = 1024 * 1024;

    // However much was written in the window: about 0.2 s of reading.
    private const long MostEntries = 50_000;

    // More than a repaint's, so that a message keeps its parts when it changes again in the pages to come.
    private const int MostBytesWhileReading = 8 * MostBytes;

    // A node whose index does not answer still opens its streams.
    private static readonly TimeSpan _pendingLimit = TimeSpan.FromSeconds(2);

    private readonly EventLog _log;
    private readonly IPendingRequests? _requests;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly RecentChanges _changes = new(Window, MostBytes);
    private readonly CancellationTokenSource _incarnation = new();
    private readonly List<(Get Request, IActorRef Asker)> _askers = [];
    private IReadOnlyList<Upsert> _pending = [];
    private IReadOnlyList<byte[]>? _wrapped;
    private bool _isReading;
    private bool _isFresh;

    public RepaintActor(EventLog log, IPendingRequests? requests, TimeProvider time, ILogger<RepaintActor> logger)
    {
        (_log, _requests, _time, _logger) = (log, requests, time, logger);
        Receive<Get>(OnGet);
        Receive<Read>(OnRead);
        Receive<Failed>(OnFailed);
    }

    /// <summary>Asks for a repaint; answered with <see cref="Repaint"/>, always.</summary>
    /// <param name="Filter">What the stream selects.</param>
    /// <param name="Wrapped">Which form its frames have.</param>
    /// <param name="WithChanges">Whether the changes are wanted, and not only the requests that wait.</param>
    public sealed record Get(EntryFilter Filter, bool Wrapped, bool WithChanges);

    private sealed record Read(IReadOnlyList<EntryDraft> Pending);

    private sealed record Failed(Exception Cause);

    public static Props PropsFor(EventLog log, IPendingRequests? requests, TimeProvider time, ILogger<RepaintActor> logger) =>
        Props.Create(() => new RepaintActor(log, requests, time, logger));

    protected override void PostStop()
    {
        _incarnation.Cancel();
        _incarnation.Dispose();
    }

    private void OnGet(Get message)
    {
        if (!_isReading && _isFresh && _log.Ring.End == _changes.Through)
        {
            Sender.Tell(Make(message));
            return;
        }

        _askers.Add((message, Sender));
        if (!_isReading)
            BeginToRead();
    }

    private void BeginToRead()
    {
        _isReading = true;
        ReadAsync(_log.Ring.End, _isFresh).PipeTo(Self, failure: static cause => new Failed(cause));
    }

    // Until it reports, the changes belong to this task: the actor looks at them only while nothing is read.
    private async Task<Read> ReadAsync(long through, bool isFresh)
    {
        var after = Math.Max(Math.Max(through - MostEntries, _log.Journal.Floor), isFresh ? _changes.Through : 0);
        var isFollowing = isFresh;
        if (after < through)
        {
            await foreach (var page in _log.Journal.ReadAsync(after, EntryFilter.All, _incarnation.Token))
            {
                Fold(page, through, isFollowing);
                isFollowing |= page.Entries.Count > 0;
                if (page.Through >= through)
                    break;
            }
        }

        if (!isFollowing)
            _changes.StartAfter(through);
        _changes.FinishAt(through, _time.GetUtcNow());
        return new Read(await PendingAsync());
    }

    private void Fold(EntryPage page, long through, bool isFollowing)
    {
        if (page.Entries.Count > 0 && (!isFollowing || page.Entries[0].Offset > _changes.Through + 1))
            _changes.StartAfter(page.Entries[0].Offset - 1);

        foreach (var entry in page.Entries.TakeWhile(entry => entry.Offset <= through))
            _changes.Add(entry);

        _changes.Trim(_time.GetUtcNow(), MostBytesWhileReading);
    }

    // After the log was read, so that no earlier request is missing; answers given meanwhile come over the stream.
    private async Task<IReadOnlyList<EntryDraft>> PendingAsync()
    {
        if (_requests is null)
            return [];

        try
        {
            return await _requests.ListAsync(_incarnation.Token).WaitAsync(_pendingLimit, _time, _incarnation.Token);
        }
        catch (TimeoutException)
        {
            LogLate(_logger);
            return [];
        }
    }

    private void OnRead(Read message)
    {
        _pending = [.. message.Pending.Select(Upsert.Of)];
        _isFresh = true;
        AnswerAll();
    }

    // The streams begin all the same, at the tail.
    private void OnFailed(Failed message)
    {
        LogFailed(_logger, message.Cause);
        _changes.StartAfter(_log.Ring.End);
        _pending = [];
        _isFresh = false;
        AnswerAll();
    }

    private void AnswerAll()
    {
        _isReading = false;
        _wrapped = null;
        foreach (var (request, asker) in _askers)
            asker.Tell(Make(request));
        _askers.Clear();
    }

    private Repaint Make(Get request)
    {
        var isShared = request is { Wrapped: true, WithChanges: true } && request.Filter == EntryFilter.All;
        if (isShared && _wrapped is not null)
            return new Repaint(_changes.Through, _wrapped);

        var upserts = (request.WithChanges ? _changes.Select(request.Filter) : []).Concat(_pending.Where(upsert => upsert.IsIn(request.Filter)));
        IReadOnlyList<byte[]> frames = [.. upserts.Select(upsert => upsert.Frame(request.Wrapped))];
        if (isShared)
            _wrapped = frames;

        return new Repaint(_changes.Through, frames);
    }

    [LoggerMessage(EventId = 2010, Level = LogLevel.Warning, Message = "What changed lately could not be read; streams begin without it.")]
    private static partial void LogFailed(ILogger logger, Exception cause);

    [LoggerMessage(EventId = 2011, Level = LogLevel.Warning, Message = "The requests that wait for their users were not known in time; streams begin without them.")]
    private static partial void LogLate(ILogger logger);
}
