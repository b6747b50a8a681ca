using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Streams.Frames;

namespace OpenCode.Actors.Streams.Log;

/// <summary>Reads the journal for clients that are behind the ring: one cache for all of them, a few reads at once (rule "Bounded memory").</summary>
internal sealed class LogPagesActor : ReceiveActor
{
    /// <summary>What the cached pages may take.</summary>
    public const long CapacityBytes = 16 << 20;

    /// <summary>How many reads may be under way; others wait for their turn.</summary>
    public const int MaxReads = 8;

    // Clients that reconnect at once are at different offsets of the same stretch: pages begin at multiples of this, so that they share them.
    private const int Alignment = 256;

    // The journal's own pages are about 256 KiB of what it looks at.
    private const int PageBytes = 128 * 1024;
    private const int MaxLooks = 32;

    private readonly IJournal _journal;
    private readonly FrameEncoder _encoder;
    private readonly CancellationTokenSource _incarnation = new();
    private readonly Dictionary<Key, LinkedListNode<Cached>> _pages = [];
    private readonly LinkedList<Cached> _byUse = [];
    private readonly Dictionary<Key, List<IActorRef>> _askers = [];
    private readonly Queue<Key> _waiting = new();
    private long _bytes;
    private int _reads;

    public LogPagesActor(IJournal journal)
    {
        _journal = journal;
        _encoder = new FrameEncoder(() => journal.Timeline);

        Receive<ReadPage>(OnReadPage);
        Receive<Read>(OnRead);
        Receive<ReadFailed>(m => OnReadFailed(m.Key, m.Cause));
    }

    /// <summary>Asks for the page that holds what follows an offset. Answered by one of the three records below.</summary>
    /// <param name="Filter">What to select.</param>
    /// <param name="Wrapped">Which frames.</param>
    /// <param name="After">Behind which offset. There must be entries in the journal behind it.</param>
    /// <param name="Exact">Begin there: a shared page did not reach beyond it.</param>
    public sealed record ReadPage(EntryFilter Filter, bool Wrapped, long After, bool Exact);

    /// <summary>A page.</summary>
    /// <param name="Page">Begins at or before the offset; unless it was asked for exactly, it may also end before.</param>
    public sealed record PageRead(LogPage Page) : IDeadLetterSuppression;

    /// <summary>What was asked for left the journal: look at its floor.</summary>
    public sealed record PageTrimmed : IDeadLetterSuppression;

    /// <summary>The journal could not be read.</summary>
    /// <param name="Cause">Why.</param>
    public sealed record PageFailed(Exception Cause) : IDeadLetterSuppression;

    private sealed record Read(Key Key, EntryPage? Page) : IDeadLetterSuppression;

    private sealed record ReadFailed(Key Key, Exception Cause) : IDeadLetterSuppression;

    private readonly record struct Key(EntryFilter Filter, bool Wrapped, long After);

    private sealed record Cached(Key Key, LogPage Page);

    public static Props PropsFor(IJournal journal) => Props.Create(() => new LogPagesActor(journal));

    protected override void PostStop()
    {
        _incarnation.Cancel();
        _incarnation.Dispose();
    }

    private void OnReadPage(ReadPage message)
    {
        var key = new Key(message.Filter, message.Wrapped, message.After);
        var shared = key with { After = key.After - (key.After % Alignment) };
        var isTooShort = _pages.TryGetValue(shared, out var present) && present.Value.Page.Through <= key.After;
        if (!message.Exact && !isTooShort && shared.After >= _journal.Floor)
            key = shared;

        if (_pages.TryGetValue(key, out var node) && node.Value.Page.Through > message.After)
        {
            _byUse.Remove(node);
            _byUse.AddLast(node);
            Sender.Tell(new PageRead(node.Value.Page));
        }
        else if (_askers.TryGetValue(key, out var askers))
        {
            askers.Add(Sender);
        }
        else
        {
            _askers.Add(key, [Sender]);
            _waiting.Enqueue(key);
            ReadNext();
        }
    }

    private void ReadNext()
    {
        while (_reads < MaxReads && _waiting.TryDequeue(out var key))
        {
            _reads++;
            ReadAsync(key, _incarnation.Token).PipeTo(Self, success: page => new Read(key, page), failure: cause => new ReadFailed(key, cause));
        }
    }

    /// <summary>Reads on until the page is worth a write: a filter may select little of what the journal looks at.</summary>
    private async Task<EntryPage?> ReadAsync(Key key, CancellationToken cancellationToken)
    {
        var entries = new List<LogEntry>();
        long through = 0;
        var bytes = 0;
        var looks = 0;
        await foreach (var page in _journal.ReadAsync(key.After, key.Filter, cancellationToken))
        {
            entries.AddRange(page.Entries);
            foreach (var entry in page.Entries)
                bytes += entry.Properties.Length;
            through = page.Through;
            if (bytes >= PageBytes || ++looks == MaxLooks)
                break;
        }

        return through == 0 ? null : new EntryPage(entries, through);
    }

    private void OnRead(Read message)
    {
        var key = message.Key;
        if (message.Page is not { } read)
        {
            // Nothing follows, but the client knows that something does: the journal has lost what it had.
            OnReadFailed(key, new InvalidOperationException($"The journal has no page behind {key.After}, though its head is {_journal.Head}."));
            return;
        }

        LogPage page;
        try
        {
            var through = read.Through - (read.Through % Alignment);
            page = LogPage.From(read, through > key.After ? through : read.Through, key.Wrapped, _encoder);
            Keep(new Cached(key, page));
        }
        catch (Exception cause)
        {
            // An entry that no frame can be made of ends the streams that need it, and not the log.
            OnReadFailed(key, cause);
            return;
        }

        Answer(key, new PageRead(page));
    }

    private void OnReadFailed(Key key, Exception cause) => Answer(key, cause is JournalTrimmedException ? new PageTrimmed() : new PageFailed(cause));

    private void Answer(Key key, object answer)
    {
        _reads--;
        if (_askers.Remove(key, out var askers))
        {
            foreach (var asker in askers)
                asker.Tell(answer);
        }

        ReadNext();
    }

    private void Keep(Cached cached)
    {
        if (_pages.Remove(cached.Key, out var old))
            Drop(old);

        _pages.Add(cached.Key, _byUse.AddLast(cached));
        _bytes += cached.Page.Bytes;
        while (_bytes > CapacityBytes && _byUse.First is { } oldest)
        {
            _pages.Remove(oldest.Value.Key);
            Drop(oldest);
        }
    }

    private void Drop(LinkedListNode<Cached> node)
    {
        _byUse.Remove(node);
        _bytes -= node.Value.Page.Bytes;
    }
}
