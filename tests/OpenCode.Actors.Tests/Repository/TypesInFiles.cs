namespace OpenCode.Actors.Tests.Repository;

/// <summary>Finds types that stand in several hand-written files. <c>X.cs</c> and <c>X.Log.cs</c> count as one.</summary>
internal static class TypesInFiles
{
    /// <summary>Returns each such type with its files.</summary>
    public static IReadOnlyList<string> Scattered(IEnumerable<SourceFile> files) =>
    [
        .. files.SelectMany(file => file.Types.Select(type => (Name: $"{file.Namespace}.{type}", file.Path)))
            .GroupBy(type => type.Name, type => type.Path, StringComparer.Ordinal)
            .Where(type => type.Select(WithoutLog).Distinct(StringComparer.Ordinal).Count() > 1)
            .Select(type => $"{type.Key} stands in {string.Join(" and ", type.Order(StringComparer.Ordinal))}"),
    ];

    private static string WithoutLog(string path) => path.EndsWith(".Log.cs", StringComparison.Ordinal) ? path[..^".Log.cs".Length] + ".cs" : path;
}
