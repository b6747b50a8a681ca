namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Finds programs of the machine.</summary>
internal static class Programs
{
    private static readonly string[] Extra = ["/usr/sbin", "/sbin"];

    public static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(':').Concat(Extra)
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
