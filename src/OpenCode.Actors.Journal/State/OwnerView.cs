using System.Collections.Frozen;

namespace OpenCode.Actors.Journal.State;

/// <summary>The rows of one owner at one moment.</summary>
/// <param name="Owner">The owner.</param>
/// <param name="Rows">Those in the log, in the order of first write; they go over those of the snapshot.</param>
/// <param name="Deleted">Those of the snapshot that were deleted since, whether they were written again or not.</param>
/// <param name="SnapshotPlace">The place up to which the snapshot holds: -1 without one, 0 when it was not read yet.</param>
/// <param name="Place">The place in the log at which this was so: all changes before it are in, none behind.</param>
internal sealed record OwnerView(string Owner, RowPlace[] Rows, IReadOnlySet<(string Kind, string Key)> Deleted, long SnapshotPlace, long Place)
{
    public static readonly IReadOnlySet<(string Kind, string Key)> NoneDeleted = FrozenSet<(string Kind, string Key)>.Empty;

    public bool HasSnapshot => SnapshotPlace >= 0;
}
