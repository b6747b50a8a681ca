using OpenCode.Actors.Journal;

namespace OpenCode.Actors.Streams.Repaints;

/// <summary>The permissions and questions that wait for their users, however long ago they were asked.</summary>
public interface IPendingRequests
{
    /// <summary>Lists them as the events that announced them, with all that was committed before the call; none when that is not known now.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Events, oldest first.</returns>
    Task<IReadOnlyList<EntryDraft>> ListAsync(CancellationToken cancellationToken);
}
