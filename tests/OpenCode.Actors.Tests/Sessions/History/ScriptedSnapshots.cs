using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.History;

/// <summary>Snapshots of files that are words: the test says what a worktree holds, and reads what was set.</summary>
internal sealed class ScriptedSnapshots(HubTestKit kit) : ISnapshots
{
    /// <summary>Gets or sets what the files are now; null when no snapshot can be taken.</summary>
    public string? Now { get; set; } = "empty";

    /// <summary>Gets or sets what the next step changed.</summary>
    public IReadOnlyList<FileDiff> Diffs { get; set; } = [];

    public string? Problem { get; set; }

    /// <summary>Gets or sets what happens just before files are set.</summary>
    public Func<Task> BeforeSetting { get; set; } = static () => Task.CompletedTask;

    /// <summary>Gets or sets what happens just before the end of a step is kept.</summary>
    public Func<Task> BeforeKeeping { get; set; } = static () => Task.CompletedTask;

    /// <summary>Gets or sets a value indicating whether the end of a step cannot be kept.</summary>
    public bool CannotKeep { get; set; }

    public List<FilesToRestore> Set { get; } = [];

    public int Taken { get; private set; }

    /// <summary>Gets the pairs that were compared: a step from its start, and the turn from its start.</summary>
    public List<(string From, string Since)> Compared { get; } = [];

    public Task<string?> TakeAsync(SnapshotPlace place) => kit.Later("snapshot", () =>
    {
        Taken++;
        return Now;
    });

    public async Task<StepFiles?> EndStepAsync(SnapshotPlace place, string from, string since)
    {
        await BeforeKeeping();
        return await kit.Later("step kept", () =>
        {
            Compared.Add((from, since));
            return Now is { } now && !CannotKeep ? new StepFiles(now, now == from ? [] : [.. Diffs.Select(diff => $"{place.Root}/{diff.File}")], Diffs) : null;
        });
    }

    public async Task<RestoreOutcome> RestoreAsync(SnapshotPlace place, FilesToRestore files)
    {
        await BeforeSetting();
        return await kit.Later("files set", () =>
        {
            Set.Add(files);
            return new RestoreOutcome($"diff from {files.Now}", Problem);
        });
    }
}
