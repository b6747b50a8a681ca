namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Where the things under test stand in this checkout.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Gets the server under test: the built one, in the configuration these tests were built in, or the one that a measurement names.</summary>
    public static string ServerDll { get; } = Environment.GetEnvironmentVariable("OPENCODE_ACTORS_SERVER") ?? Path.Combine(Root, "src", "OpenCode.Actors.Server", "bin", Configuration, "net10.0", "opencode-actors.dll");

    public static string BenchmarksDll { get; } = Path.Combine(Root, "tests", "OpenCode.Actors.Benchmarks", "bin", Configuration, "net10.0", "OpenCode.Actors.Benchmarks.dll");

    public static string Sequences { get; } = Path.Combine(Root, "tests", "OpenCode.Actors.EndToEnd", "Sequences");

    public static string Differences { get; } = Path.Combine(Root, "docs", "differences.md");

    public static class Clients
    {
        public static string Folder { get; } = Path.Combine(Root, "tests", "clients");

        /// <summary>Gets the program that <c>npx opencode-ai</c> starts on Linux.</summary>
        public static string OpenCode { get; } = Path.Combine(Folder, "node_modules", "opencode-linux-x64", "bin", "opencode");

        public static bool ContainsModules => File.Exists(OpenCode);
    }

    private static string Configuration => AppContext.BaseDirectory.Contains("/Release/", StringComparison.Ordinal) ? "Release" : "Debug";

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
