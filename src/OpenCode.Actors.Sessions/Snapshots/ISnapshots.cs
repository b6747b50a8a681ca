using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Snapshots;

/// <summary>Snapshots of the files of worktrees. A door: every call ends within a limit of its own, and never throws.</summary>
internal interface ISnapshots
{
    /// <summary>Takes a snapshot.</summary>
    /// <returns>Its id; null where none is taken: they are switched off, or git is missing, fails, or takes too long.</returns>
    Task<string?> TakeAsync(SnapshotPlace place);

    /// <summary>Takes the snapshot at the end of a step, and returns what the step changed.</summary>
    /// <param name="place">The worktree.</param>
    /// <param name="step">The step.</param>
    /// <returns>Null where no snapshot was taken.</returns>
    Task<StepFiles?> EndStepAsync(SnapshotPlace place, StepWork step);

    /// <summary>Restores files to their content before some steps, one by one and each atomically: at any moment a file has its old content or its new one. A repeat changes nothing more.</summary>
    Task<RestoreOutcome> RestoreAsync(SnapshotPlace place, FilesToRestore files);
}

/// <summary>The work of a step in files.</summary>
/// <param name="From">The snapshot at its start.</param>
/// <param name="Since">The snapshot at the start of the turn.</param>
/// <param name="Own">Full paths of what its tools may have changed; null when one of them does not say.</param>
/// <param name="Earlier">Full paths of what the steps of the turn before changed; null when that is not known.</param>
internal sealed record StepWork(string From, string Since, IReadOnlyList<string>? Own = null, IReadOnlyList<string>? Earlier = null);

/// <summary>The files at the end of a step.</summary>
/// <param name="Snapshot">The snapshot.</param>
/// <param name="Files">The full paths of the changed files.</param>
/// <param name="Diffs">The changes of the turn so far.</param>
internal sealed record StepFiles(string Snapshot, IReadOnlyList<string> Files, IReadOnlyList<FileDiff> Diffs);

/// <summary>The files that a step changed, between two snapshots.</summary>
/// <param name="From">The snapshot at its start.</param>
/// <param name="To">The snapshot at its end; null when nothing later is known than the files as they are.</param>
/// <param name="Files">Full paths of what it changed, where these tell more than the snapshots; null to compare.</param>
internal sealed record StepChange(string From, string? To, IReadOnlyList<string>? Files = null);

/// <summary>The files to restore.</summary>
/// <param name="Now">The snapshot of the files before anything was undone.</param>
/// <param name="Undone">The steps that are to be undone: each file that they changed gets its content from before the first that did.</param>
/// <param name="Before">The steps that are undone already: each file that only they changed gets its content of <paramref name="Now"/>.</param>
/// <param name="Since">When the first of the steps that are to be undone began, in milliseconds of the epoch: what changed since and is in no snapshot is named; null to name nothing.</param>
internal sealed record FilesToRestore(string Now, IReadOnlyList<StepChange> Undone, IReadOnlyList<StepChange> Before, long? Since = null);

/// <summary>The result of restoring files.</summary>
/// <param name="Diff">The difference of the files from <see cref="FilesToRestore.Now"/>, in git's form; null when it is not known.</param>
/// <param name="Problem">Says which files stay as they are, and why, which were restored although something else changed them too, and what is in no snapshot; null when there is nothing of that.</param>
internal sealed record RestoreOutcome(string? Diff, string? Problem);
