namespace OpenCode.Actors.Server.Snapshots;

/// <summary>A snapshot cannot be taken or used.</summary>
internal sealed class SnapshotException(string message, Exception? cause = null) : Exception(message, cause);
