using System.Text.Json;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Tools.Paths;

/// <summary>The permissions that a call needs for its path.</summary>
internal static class PathNeeds
{
    private const string Outside = "external_directory";

    /// <summary>Gives what is needed to be outside of the location and its project; nothing inside.</summary>
    /// <param name="path">The path.</param>
    /// <param name="location">Where the call runs.</param>
    /// <param name="open">A folder that is open wherever the call runs, if there is one.</param>
    public static IReadOnlyList<ToolPermission> ToReach(ToolPath path, ToolLocation location, string? open = null)
    {
        if (location.Contains(path.Real) || (open is not null && path.Real.StartsWith(open + "/", StringComparison.Ordinal)))
            return [];

        var folder = location.Paths.IsFolder(path.Real) ? path.Real : Path.GetDirectoryName(path.Real) ?? "/";
        var pattern = folder.EndsWith('/') ? folder + "*" : folder + "/*";
        return [new ToolPermission(Outside, [pattern], [pattern], JsonSerializer.SerializeToElement(new OutsideMetadata(path.Real, folder), NeedsJson.Default.OutsideMetadata))];
    }

    /// <summary>Gives what is needed to reach a path and to do something with it.</summary>
    /// <remarks>A link is judged by its own name and by that of what it points to: the stricter decides.</remarks>
    /// <param name="permission">What is done, such as <c>edit</c>.</param>
    /// <param name="path">The path.</param>
    /// <param name="location">Where the call runs.</param>
    /// <param name="metadata">What to show to the user.</param>
    /// <param name="open">A folder that is open wherever the call runs, if there is one.</param>
    public static IReadOnlyList<ToolPermission> Of(string permission, ToolPath path, ToolLocation location, JsonElement metadata, string? open = null)
    {
        string[] names = [Path.GetRelativePath(location.Base, path.Real), Path.GetRelativePath(location.Base, path.Named)];
        return [.. ToReach(path, location, open), new ToolPermission(permission, [.. names.Distinct(StringComparer.Ordinal)], ["*"], metadata)];
    }
}
