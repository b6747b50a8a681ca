namespace OpenCode.Actors.Protocol;

/// <summary>The version of opencode whose wire is spoken here; sessions and <c>/global/health</c> name it.</summary>
public static class OpenCodeVersion
{
    /// <summary>The version.</summary>
    public const string Value = "1.18.33";
}
