using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Tests.Server.Config;

/// <summary>Files and variables that a test names.</summary>
internal sealed class FakeConfigSource : IConfigSource
{
    public Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets the files whose stamp is known: a change that leaves it is not seen.</summary>
    public Dictionary<string, string> Stamps { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets what was read, in order.</summary>
    public List<string> ReadPaths { get; } = [];

    public IProviderKeys? Keys { get; init; } = new FakeProviderKeys();

    public string Home => "/users/dev";

    public string? ReadText(string path)
    {
        ReadPaths.Add(path);
        return Files.GetValueOrDefault(path);
    }

    public string? Stamp(string path) => Stamps.GetValueOrDefault(path);

    public bool Exists(string path) => Files.Keys.Any(file => file == path || file.StartsWith(path + "/", StringComparison.Ordinal));

    public IReadOnlyList<string> Markdown(string folder) =>
        [.. Files.Keys.Where(file => file.StartsWith(folder + "/", StringComparison.Ordinal) && file.EndsWith(".md", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

    public string? Variable(string name) => Variables.GetValueOrDefault(name);
}
