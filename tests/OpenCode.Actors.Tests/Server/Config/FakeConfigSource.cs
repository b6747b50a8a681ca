using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Tests.Server.Config;

/// <summary>Files and variables that a test names.</summary>
internal sealed class FakeConfigSource : IConfigSource
{
    public Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public string Home => "/home/dev";

    public string? ReadText(string path) => Files.GetValueOrDefault(path);

    public string? Variable(string name) => Variables.GetValueOrDefault(name);
}
