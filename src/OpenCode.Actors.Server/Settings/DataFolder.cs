namespace OpenCode.Actors.Server.Settings;

/// <summary>The default data folder, without <c>--data</c>.</summary>
internal static class DataFolder
{
    public static string Default(Func<string, string?> variable, string home) =>
        Path.Combine(variable("XDG_DATA_HOME") is { Length: > 0 } xdg && Path.IsPathRooted(xdg) ? xdg : Path.Combine(home, ".local", "share"), "opencode-actors");
}
