namespace OpenCode.Actors.Server.Settings;

/// <summary>Where data is kept when <c>--data</c> does not say.</summary>
internal static class DataFolder
{
    public static string Default(Func<string, string?> variable, string home) =>
        Path.Combine(variable("XDG_DATA_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg) ? xdg : Path.Combine(home, ".local", "share"), "opencode-actors");
}
