namespace OpenCode.Actors.Tests.Repository;

/// <summary>The hand-written text files of this checkout.</summary>
internal static class Checkout
{
    private static readonly string[] _folders = ["src", "tests", "docs", "cluster-config", ".ci"];
    private static readonly string[] _built = ["bin", "obj", "node_modules"];
    private static readonly string[] _kinds = [".cs", ".md", ".sql", ".sh", ".patch", ".conf", ".yml", ".props", ".csproj", ".py", ".mjs", ".editorconfig", ""];

    public static string Root { get; } = FindRoot();

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    /// <summary>Gets the paths, relative to the root and with slashes.</summary>
    public static IEnumerable<string> Files() => Directory.EnumerateFiles(Root)
        .Concat(_folders.SelectMany(folder => Walk(Path.Combine(Root, folder))))
        .Where(file => _kinds.Contains(Path.GetExtension(file)))
        .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/'));

    /// <summary>Gets the code of the product.</summary>
    public static IEnumerable<SourceFile> Code() => Files()
        .Where(file => file.StartsWith("src/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal))
        .Select(file => new SourceFile(file, Read(file)));

    private static IEnumerable<string> Walk(string folder) => Directory.EnumerateFiles(folder)
        .Concat(Directory.EnumerateDirectories(folder).Where(child => !_built.Contains(Path.GetFileName(child))).SelectMany(Walk));

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OpenCode.Actors.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No OpenCode.Actors.sln above {AppContext.BaseDirectory}: run the tests from a checkout.");
    }
}
