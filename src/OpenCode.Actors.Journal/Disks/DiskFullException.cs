namespace OpenCode.Actors.Journal.Disks;

/// <summary>A write found no room.</summary>
/// <param name="path">The file.</param>
/// <param name="innerException">The fault as the system reported it.</param>
public sealed class DiskFullException(string path, Exception? innerException = null) : IOException($"There is no room to write '{path}'.", innerException);
