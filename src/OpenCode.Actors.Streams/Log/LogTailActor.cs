using OpenCode.Actors.Journaling;

namespace OpenCode.Actors.Streams.Log;

/// <summary>Follows the journal: what is committed goes into the ring, and those who wait for it are woken.</summary>
/// <remarks>It has no way to go on after a failure: an event would be missing. See <see cref="EventLogActor"/>.</remarks>
internal sealed class LogTailActor(EventLog log) : Actor
{
    private readonly List<(long Offset, IActorRef Asker)> _askers = [];

    /// <summary>Asks to hear when the ring has all up to an offset. Answered by <see cref="Reached"/>.</summary>
    /// <param name="Offset">An offset that was committed.</param>
    public sealed record ReportAt(long Offset);

    /// <summary>The ring has all up to that offset, and those who wait for it were woken.</summary>
    /// <param name="Offset">The offset that was asked for.</param>
    public sealed record Reached(long Offset) : IDeadLetterNoise;

    private sealed record Advanced
    {
        public static Advanced Instance { get; } = new();
    }

    public static Props PropsFor(EventLog log) => Props.Create(() => new LogTailActor(log)).WithMailbox(MailboxOptions.Unbounded);

    protected override ValueTask PreStartAsync()
    {
        Follow();
        return ValueTask.CompletedTask;
    }

    protected override ValueTask ReceiveAsync(object message) => message switch
    {
        Advanced => OnAdvanced(),
        ReportAt m => OnReportAt(m),
        Status.Failure m => throw new LogTailLostException(log.Ring.End, m.Cause),
        _ => Unhandled(message),
    };

    private void Follow() => Context.PipeTo(log.Journal.WaitBeyondAsync(log.Ring.End, Context.Incarnation), static () => Advanced.Instance);

    private async ValueTask OnAdvanced()
    {
        await foreach (var page in log.Journal.ReadAsync(log.Ring.End, EntryFilter.All, Context.Incarnation))
        {
            log.Ring.Append(page.Entries);
            log.Ring.WakeReaders();
        }

        for (var i = _askers.Count - 1; i >= 0; i--)
        {
            if (_askers[i].Offset > log.Ring.End)
                continue;

            _askers[i].Asker.Tell(new Reached(_askers[i].Offset), Self);
            _askers.RemoveAt(i);
        }

        Follow();
    }

    private ValueTask OnReportAt(ReportAt message)
    {
        if (message.Offset <= log.Ring.End)
            Sender.Tell(new Reached(message.Offset), Self);
        else
            _askers.Add((message.Offset, Sender));
        return ValueTask.CompletedTask;
    }
}
