namespace OpenCode.Actors.Protocol.Sessions;

/// <summary>The changes to one file.</summary>
/// <param name="Additions">Lines added.</param>
/// <param name="Deletions">Lines removed.</param>
public sealed record FileDiff(int Additions, int Deletions)
{
    /// <summary>Gets the file's path within the project.</summary>
    public string? File { get; init; }

    /// <summary>Gets the changes as a unified diff.</summary>
    public string? Patch { get; init; }

    /// <summary>Gets <c>added</c>, <c>deleted</c> or <c>modified</c>.</summary>
    public string? Status { get; init; }
}
