using OpenCode.Actors.Journal;
using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Server.Publishing;

/// <summary>Puts events that belong to no session into the log: what a client publishes, and what happens to a location.</summary>
/// <remarks>They change no owner's state, so they need no version and go to the journal without its actor.</remarks>
internal sealed class EventPublisher(IJournal journal, IdFactory ids, NodeGate? gate = null)
{
    /// <summary>Appends a volatile event.</summary>
    /// <param name="type">The type on the wire.</param>
    /// <param name="place">The location that the event belongs to.</param>
    /// <param name="properties">UTF-8 JSON of the properties. The log keeps it.</param>
    /// <param name="cancellationToken">Gives up waiting; the event is published all the same.</param>
    /// <returns>Its offset; or why it was not published: <see cref="StorageFull"/> or <see cref="Unavailable"/>.</returns>
    public async Task<(long Offset, object? Refusal)> PublishAsync(string type, Place place, ReadOnlyMemory<byte> properties, CancellationToken cancellationToken)
    {
        var entry = new EntryDraft(ids.NewEvent().Value, type, place.Directory, place.ProjectId, SessionId: null, Sequence: -1, Durable: false, properties);
        try
        {
            var append = journal.AppendAsync(new JournalBatch([entry], []), cancellationToken).AsTask();

            // An append has no deadline, its caller has one: a node without its database answers so within a second (rule "Suspend on silence").
            return gate is null ? (await append, null) : await gate.WaitAsync(append);
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
