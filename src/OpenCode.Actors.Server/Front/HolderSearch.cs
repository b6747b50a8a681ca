using OpenCode.Actors.Journal;
using OpenCode.Actors.Storage.Sqlite.Doors;
using HeldFolder = OpenCode.Actors.Storage.Sqlite.Doors.DataFolder;

namespace OpenCode.Actors.Server.Front;

/// <summary>Finds the server that holds a data folder, at a start.</summary>
internal static class HolderSearch
{
    private static readonly TimeSpan _lookAgain = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits until the holder of a folder has written its address.</summary>
    /// <returns>What it tells; null if it does not in time.</returns>
    public static async Task<HolderInfo?> FindAsync(string folder, TimeProvider time, TimeSpan limit)
    {
        for (var began = time.GetTimestamp(); ; await Task.Delay(_lookAgain, time))
        {
            if (HolderFile.Read(folder) is { } holder)
                return holder;
            if (time.GetElapsedTime(began) >= limit)
                return null;
        }
    }

    /// <summary>Takes a folder, or finds its holder: the holder writes its address when it has recovered, and frees the folder if it dies before.</summary>
    /// <returns>The folder or what the holder tells; the other one is null.</returns>
    /// <exception cref="JournalLockedException">What holds the folder is no server, or none that listens in time.</exception>
    /// <exception cref="JournalFolderException">The folder cannot be used.</exception>
    public static async Task<(HeldFolder? Held, HolderInfo? Holder)> TakeOrFindAsync(string folder, TimeProvider time, TimeSpan limit)
    {
        for (var began = time.GetTimestamp(); ; await Task.Delay(_lookAgain, time))
        {
            if (HeldFolder.TryTake(folder) is { } held)
                return (held, null);
            if (HolderFile.Read(folder) is { } holder)
                return (null, holder);
            if (time.GetElapsedTime(began) >= limit)
                throw new JournalLockedException(folder);
        }
    }
}
