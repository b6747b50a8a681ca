namespace OpenCode.Actors.Server.Locations;

/// <summary>The folders of the user that the server runs as.</summary>
/// <param name="Home">The home.</param>
/// <param name="State">Where terminals keep what they remember.</param>
/// <param name="Config">Where opencode's configuration is.</param>
/// <param name="Name">The user's name.</param>
internal sealed record UserFolders(string Home, string State, string Config, string Name)
{
    public static UserFolders Of(Func<string, string?> variable, string home, string name) => new(
        home,
        Path.Combine(Rooted(variable("XDG_STATE_HOME")) ?? Path.Combine(home, ".local", "state"), "opencode"),
        Path.Combine(Rooted(variable("XDG_CONFIG_HOME")) ?? Path.Combine(home, ".config"), "opencode"),
        name);

    private static string? Rooted(string? path) => path is { Length: > 0 } && Path.IsPathRooted(path) ? path : null;
}
