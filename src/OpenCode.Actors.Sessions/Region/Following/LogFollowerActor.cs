using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Sessions.Region.Following;

/// <summary>Follows the log for the index of the whole cluster: a page at a time, the next when the region has taken it in.</summary>
/// <remarks>It decodes, so that the region does not have to. What it cannot read any more ends it; the region then reads all rows anew.</remarks>
internal sealed class LogFollowerActor(IJournal journal, long after) : Actor
{
    private readonly Queue<Followed> _pages = new();
    private long _through = after;
    private bool _isAwaited;

    /// <summary>What happened up to an offset. Answer it with <see cref="GoOn"/>.</summary>
    public sealed record Followed(long Through, IReadOnlyList<Happening> Happenings);

    /// <summary>The last page was taken in.</summary>
    public sealed record GoOn
    {
        public static GoOn Instance { get; } = new();
    }

    private sealed record Advanced
    {
        public static Advanced Instance { get; } = new();
    }

    public static Props PropsFor(IJournal journal, long after) => Props.Create(() => new LogFollowerActor(journal, after));

    protected override ValueTask PreStartAsync()
    {
        Follow();
        return ValueTask.CompletedTask;
    }

    protected override ValueTask ReceiveAsync(object message)
    {
        switch (message)
        {
            case Advanced:
                return OnAdvanced();
            case GoOn:
                _isAwaited = false;
                Give();
                return ValueTask.CompletedTask;
            case Status.Failure:
                Context.Stop(Self);
                return ValueTask.CompletedTask;
            default:
                return Unhandled(message);
        }
    }

    private void Follow() => Context.PipeTo(journal.WaitBeyondAsync(_through, Context.Incarnation), static () => Advanced.Instance);

    private async ValueTask OnAdvanced()
    {
        try
        {
            await foreach (var page in journal.ReadAsync(_through, EntryFilter.All, Context.Incarnation))
                Take(page);
        }
        catch (JournalTrimmedException)
        {
            Context.Stop(Self);
            return;
        }

        Give();
    }

    private void Take(EntryPage page)
    {
        var happenings = new List<Happening>();
        foreach (var entry in page.Entries)
        {
            if (Happenings.Of(entry) is { } happening)
                happenings.Add(happening);
        }

        _through = page.Through;
        _pages.Enqueue(new Followed(page.Through, happenings));
    }

    private void Give()
    {
        if (_isAwaited)
            return;

        if (_pages.TryDequeue(out var page))
        {
            _isAwaited = true;
            Context.Parent.Tell(page, Self);
        }
        else
        {
            Follow();
        }
    }
}
