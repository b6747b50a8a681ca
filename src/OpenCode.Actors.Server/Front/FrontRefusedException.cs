using OpenCode.Actors.Storage.Sqlite.Doors;

namespace OpenCode.Actors.Server.Front;

/// <summary>This server must not be a front of the holder of its data folder: requests would run under other rules than those configured for this server.</summary>
/// <param name="folder">The data folder.</param>
/// <param name="holder">The holder.</param>
/// <param name="differences">Why; no values.</param>
internal sealed class FrontRefusedException(string folder, HolderInfo holder, IReadOnlyList<string> differences) : Exception(
    $"The data folder '{folder}' is in use by {holder}, and this one would serve through it, under its rules; but they differ:\n  "
    + string.Join("\n  ", differences)
    + "\nStart both with the same settings (stop that one if they have changed since it started), or give this one a folder of its own (--data).")
{
    public IReadOnlyList<string> Differences { get; } = differences;
}
