using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Tests.Sessions.ShellLines;

/// <summary>Paths with the folders and links that a test names.</summary>
internal sealed class ScriptedPaths : IPathFacts
{
    public HashSet<string> Folders { get; } = ["/", "/etc", "/tmp", "/home", "/home/u", "/work"];

    public Dictionary<string, string> Links { get; } = [];

    public string Home => "/home/u";

    public bool IsFolder(string path) => Folders.Contains(path);

    public string RealPath(string path)
    {
        var real = Path.GetFullPath(path).TrimEnd('/');
        foreach (var (link, target) in Links)
        {
            if (real == link || real.StartsWith(link + "/", StringComparison.Ordinal))
                real = target + real[link.Length..];
        }

        return real.Length == 0 ? "/" : real;
    }
}
