using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Readiness;

namespace OpenCode.Actors.Server.Publishing;

/// <summary>Appends events that belong to no session to the log: those of clients, and those of locations.</summary>
/// <remarks>They change no owner's state, so they need no version and go to the journal without its actor.</remarks>
internal sealed class EventPublisher(IJournal journal, IdFactory ids, NodeAvailability availability)
{
    /// <summary>Appends a volatile event.</summary>
    /// <param name="type">The type on the wire.</param>
    /// <param name="place">The location that the event belongs to.</param>
    /// <param name="properties">UTF-8 JSON of the properties. The log keeps it.</param>
    /// <param name="cancellationToken">Gives up waiting; the event is published all the same.</param>
    /// <returns>Its offset; or why it was not published: <see cref="StorageFull"/> or <see cref="Unavailable"/>.</returns>
    public async Task<(long Offset, object? Refusal)> PublishAsync(string type, Place place, ReadOnlyMemory<byte> properties, CancellationToken cancellationToken)
    {
        var now = availability.Now;
        if (!now.TakesCommands)
            return (0, new Unavailable($"{now.Reason} Nothing was changed. Send the request again.", now.RetryAfter));

        var entry = new EntryDraft(ids.NewEvent().Value, type, place.Directory, place.ProjectId, SessionId: null, Sequence: -1, Durable: false, properties);
        try
        {
            // An append has no deadline, but its caller: a node without its database says so within a second (rule "Suspend on silence").
            return (await journal.AppendAsync(new JournalBatch([entry], []), cancellationToken).AsTask().WaitAsync(now.JournalLost), null);
        }
        catch (OperationCanceledException) when (now.JournalLost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (0, new Unavailable("This node has lost its database for a moment. Whether the event was published is unknown.", now.RetryAfter));
        }
        catch (JournalFullException full)
        {
            return (0, new StorageFull(full.FreeBytes, full.NeededBytes));
        }
        catch (JournalFailedException)
        {
            return (0, new Unavailable("The journal has failed; the server stops.", TimeSpan.FromSeconds(5)));
        }
    }
}
