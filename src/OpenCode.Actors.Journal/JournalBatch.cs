using System.Diagnostics;

namespace OpenCode.Actors.Journal;

/// <summary>What is committed together: entries of the log, and the changes of state that follow from them.</summary>
/// <param name="Entries">Entries in order; may be empty.</param>
/// <param name="Changes">Changes in order; may be empty. They become visible with the entries, never before.</param>
public sealed record JournalBatch(IReadOnlyList<EntryDraft> Entries, IReadOnlyList<StateChange> Changes)
{
    /// <summary>Gets the shards that the writer must still own. A journal that only one process can have open ignores them.</summary>
    public IReadOnlyList<Fence> Fences { get; init; } = [];

    /// <summary>
    /// Gets the keys of the large bodies that this batch is the effect of: the append deletes those that are left. A journal that only one process can have
    /// open ignores them.
    /// </summary>
    public IReadOnlyList<string> UsedBodies { get; init; } = [];

    /// <summary>Gets the command that the batch is the effect of, where something listens to <see cref="JournalTraces"/>; else null.</summary>
    public Activity? Trace { get; init; }

    /// <summary>Gets a value indicating whether any entry is durable, so that the whole batch is synced before it is answered.</summary>
    public bool Durable
    {
        get
        {
            for (var i = 0; i < Entries.Count; i++)
            {
                if (Entries[i].Durable)
                    return true;
            }

            return false;
        }
    }
}

/// <summary>An entry that has no offset yet.</summary>
/// <param name="EventId">The <c>evt_</c> id. It promises no order; the offset does.</param>
/// <param name="Type">The type of the event, such as <c>message.updated</c>.</param>
/// <param name="Location">The directory it belongs to, or null.</param>
/// <param name="Project">The project it belongs to, or null.</param>
/// <param name="SessionId">The session it belongs to, or null.</param>
/// <param name="Sequence">Place among the durable events of its session; -1 for all others.</param>
/// <param name="Durable">Whether it must survive a power cut once it is answered.</param>
/// <param name="Properties">The event's properties: one JSON value in UTF-8.</param>
public sealed record EntryDraft(
    string EventId, string Type, string? Location, string? Project, string? SessionId, long Sequence, bool Durable, ReadOnlyMemory<byte> Properties);

/// <summary>Writes or deletes one row of state.</summary>
/// <param name="Kind">What the row is, such as <c>message</c>; a small set of short words.</param>
/// <param name="Owner">The owner of the row, such as the id of a session.</param>
/// <param name="Key">Which one among those of its kind and owner.</param>
/// <param name="Json">The row, JSON in UTF-8; null deletes it.</param>
public sealed record StateChange(string Kind, string Owner, string Key, ReadOnlyMemory<byte>? Json);
