namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Finds programs of the machine.</summary>
internal static class Programs
{
    private static readonly string[] Extra = ["/usr/sbin", "/sbin"];

    /// <summary>Gets the browser: <c>CHROMIUM</c>, else Debian's.</summary>
    public static string? Chromium => Find(Environment.GetEnvironmentVariable("CHROMIUM") ?? "chromium");

    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Concat(Extra)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
