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

    /// <summary>Gets or sets what a call throws that should not: in its task, or before there is one.</summary>
    public (Exception Cause, bool IsAtOnce)? Fault { get; set; }

    /// <summary>Gets or sets what happens just before files are set.</summary>
    public Func<Task> BeforeSetting { get; set; } = static () => Task.CompletedTask;

    /// <summary>Gets or sets what happens just before a snapshot is taken.</summary>
    public Func<Task> BeforeTaking { get; set; } = static () => Task.CompletedTask;

    /// <summary>Gets or sets what happens just before the end of a step is kept.</summary>
    public Func<Task> BeforeKeeping { get; set; } = static () => Task.CompletedTask;

    /// <summary>Gets or sets a value indicating whether the end of a step cannot be kept.</summary>
    public bool CannotKeep { get; set; }

    public List<FilesToRestore> Set { get; } = [];

    public int Taken { get; private set; }

    /// <summary>Gets the steps that were compared.</summary>
    public List<StepWork> Compared { get; } = [];

    public Task<string?> TakeAsync(SnapshotPlace place)
    {
        if (Fault is { IsAtOnce: true } fault)
            throw fault.Cause;
        return TakeAsync();
    }

    public Task<StepFiles?> EndStepAsync(SnapshotPlace place, StepWork step)
    {
        if (Fault is { IsAtOnce: true } fault)
            throw fault.Cause;
        return KeepAsync(place, step);
    }

    public Task<RestoreOutcome> RestoreAsync(SnapshotPlace place, FilesToRestore files)
    {
        if (Fault is { IsAtOnce: true } fault)
            throw fault.Cause;
        return RestoreAsync(files);
    }

    private async Task<string?> TakeAsync()
    {
        await BeforeTaking();
        return await Later("snapshot", () =>
        {
            Taken++;
            return Now;
        });
    }

    private async Task<StepFiles?> KeepAsync(SnapshotPlace place, StepWork step)
    {
        await BeforeKeeping();
        return await Later("step kept", () =>
        {
            Compared.Add(step);
            return Now is { } now && !CannotKeep ? new StepFiles(now, now == step.From ? [] : [.. Diffs.Select(diff => $"{place.Root}/{diff.File}")], Diffs) : null;
        });
    }

    private async Task<RestoreOutcome> RestoreAsync(FilesToRestore files)
    {
        await BeforeSetting();
        return await Later("files set", () =>
        {
            Set.Add(files);
            return new RestoreOutcome($"diff from {files.Now}", Problem);
        });
    }

    private Task<T> Later<T>(string what, Func<T> result) => Fault is not { } fault ? kit.Later(what, result)
        : fault.IsAtOnce ? throw fault.Cause
        : kit.Later<T>(what, () => throw fault.Cause);
}
