using System.Text.Json;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Tools.Paths;

/// <summary>The permissions that a call needs for its path.</summary>
internal static class PathPermissions
{
    private const string Outside = "external_directory";

    /// <summary>Returns the permission to leave the location and its project; null inside of them.</summary>
    /// <param name="path">The path.</param>
    /// <param name="location">Where the call runs.</param>
    /// <param name="open">A folder that is open wherever the call runs, if there is one.</param>
    public static IReadOnlyList<ToolPermission> ToReach(ToolPath path, ToolLocation location, string? open = null)
    {
        if (location.Contains(path.Real) || (open is not null && path.Real.StartsWith(open + "/", StringComparison.Ordinal)))
            return [];

        var folder = location.Paths.IsFolder(path.Real) ? path.Real : Path.GetDirectoryName(path.Real) ?? "/";
        var pattern = folder.EndsWith('/') ? folder + "*" : folder + "/*";
        return [new ToolPermission(Outside, [pattern], [pattern], () => JsonSerializer.SerializeToElement(new OutsideMetadata(path.Real, folder), PathPermissionJson.Default.OutsideMetadata))
        {
            Judged = [new CommandPattern(pattern, pattern) { Forms = [.. location.NamesAtHome(pattern)] }],
        }];
    }

    /// <summary>Returns the permissions to reach a path and to act on it.</summary>
    /// <param name="permission">The action, such as <c>edit</c>.</param>
    /// <param name="path">The path.</param>
    /// <param name="location">Where the call runs.</param>
    /// <param name="metadata">Makes the metadata of the request.</param>
    /// <param name="open">A folder that is open wherever the call runs, if there is one.</param>
    public static IReadOnlyList<ToolPermission> Of(string permission, ToolPath path, ToolLocation location, Func<JsonElement> metadata, string? open = null) =>
        [.. ToReach(path, location, open), ToDo(permission, path, location, metadata)];

    /// <summary>Returns the permission to act on a path that may be reached.</summary>
    /// <remarks>
    /// Rules name files relative to the project. One that names the absolute path, or that in the home folder, holds too if it is stricter. A link is judged by its own name and
    /// by that of what it points to: the stricter decides.
    /// </remarks>
    public static ToolPermission ToDo(string permission, ToolPath path, ToolLocation location, Func<JsonElement> metadata)
    {
        var names = ((string[])[path.Real, path.Named]).Distinct(StringComparer.Ordinal).ToDictionary(name => Path.GetRelativePath(location.Base, name), StringComparer.Ordinal);
        return new ToolPermission(permission, [.. names.Keys], ["*"], metadata)
        {
            Judged = [.. names.Select(name => new CommandPattern(name.Key, "*") { Forms = [name.Value, .. location.NamesAtHome(name.Value)] })],
        };
    }
}
