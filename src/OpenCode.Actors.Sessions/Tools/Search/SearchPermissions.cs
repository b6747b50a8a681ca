using System.Text.Json;
using System.Text.Json.Serialization;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools.Paths;

namespace OpenCode.Actors.Sessions.Tools.Search;

/// <summary>The permissions of a search.</summary>
internal static class SearchPermissions
{
    /// <summary>Returns the permissions that a search for a pattern needs.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="pattern">The pattern.</param>
    /// <param name="given">The path as the call names it, if it does.</param>
    /// <param name="location">Where the call runs.</param>
    /// <param name="open">A folder that is open wherever the call runs, if there is one.</param>
    public static IReadOnlyList<ToolPermission> Of(string tool, string pattern, string? given, ToolLocation location, string? open = null) =>
    [
        .. PathPermissions.ToReach(ToolPath.Of(given ?? location.Directory, location), location, open),
        new ToolPermission(tool, [pattern], ["*"], () => JsonSerializer.SerializeToElement(new SearchMetadata(pattern, given), SearchJson.Default.SearchMetadata)),
    ];
}

/// <summary>The metadata of a permission request for a search.</summary>
internal sealed record SearchMetadata(string Pattern, string? Path);

/// <summary>The metadata of a glob or a list.</summary>
internal sealed record CountMetadata(int Count, bool Truncated);

/// <summary>The metadata of a grep.</summary>
internal sealed record MatchesMetadata(int Matches, bool Truncated);

/// <summary>JSON of searches.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SearchMetadata))]
[JsonSerializable(typeof(CountMetadata))]
[JsonSerializable(typeof(MatchesMetadata))]
internal sealed partial class SearchJson : JsonSerializerContext;
