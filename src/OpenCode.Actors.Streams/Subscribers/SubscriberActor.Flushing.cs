namespace OpenCode.Actors.Streams.Subscribers;

/// <content>Tells the order barrier how far the client is (RULES D1).</content>
internal sealed partial class SubscriberActor
{
    private List<(long Offset, IActorRef Asker)>? _askers;

    private void OnReportFlushed(ReportFlushed message)
    {
        // Its cursor may be old only because nothing came for it: look.
        if (_state == State.Waiting)
            StartReading();

        if (Reader.Cursor >= message.Offset)
        {
            Sender.Tell(new FlushReported(Flushed: true, TimeSpan.Zero), Self);
            return;
        }

        _askers ??= [];
        if (!_askers.Contains((message.Offset, Sender)))
            _askers.Add((message.Offset, Sender));
        Sender.Tell(new FlushReported(Flushed: false, Context.Time.GetElapsedTime(_movedAt)), Self);
    }

    private void ReportToAskers()
    {
        for (var i = (_askers?.Count ?? 0) - 1; i >= 0; i--)
        {
            if (_askers![i].Offset > Reader.Cursor)
                continue;

            _askers[i].Asker.Tell(new FlushReported(Flushed: true, TimeSpan.Zero), Self);
            _askers.RemoveAt(i);
        }
    }
}
