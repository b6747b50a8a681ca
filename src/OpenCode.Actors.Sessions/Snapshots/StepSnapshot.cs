using System.Diagnostics.CodeAnalysis;

namespace OpenCode.Actors.Sessions.Snapshots;

/// <summary>The snapshot before a step: taken while the model is waited for, and again when time has passed since: what the user changed meanwhile is not the work of the step.</summary>
/// <param name="known">The snapshot at the end of the step before; null when there is none.</param>
/// <param name="take">Takes a snapshot, and does not throw.</param>
/// <param name="time">The clock.</param>
internal sealed class StepSnapshot(string? known, Func<Task<string?>> take, TimeProvider time)
{
    private static readonly TimeSpan _fresh = TimeSpan.FromSeconds(1);

    private Task<string?>? _taken;
    private long _at;

    /// <summary>Begins to take it, if that was not begun.</summary>
    public void Begin()
    {
        if (_taken is null)
            (_taken, _at) = (known is null ? take() : Task.FromResult<string?>(known), time.GetTimestamp());
    }

    /// <summary>Gets it; null where none could be taken.</summary>
    public Task<string?> LatestAsync() => TryRenew(out var renewed) ? renewed : _taken!;

    /// <summary>Takes another one if time has passed. One that is being taken is recent enough: another one would wait for it.</summary>
    public bool TryRenew([NotNullWhen(true)] out Task<string?>? renewed)
    {
        renewed = _taken is { IsCompleted: true } before && time.GetElapsedTime(_at) > _fresh ? AgainAsync(before) : null;
        if (renewed is not null)
            (_taken, _at) = (renewed, time.GetTimestamp());
        return renewed is not null;
    }

    private async Task<string?> AgainAsync(Task<string?> before) => await take() ?? await before;
}
