namespace OpenCode.Actors.Sessions.Permissions.Doors;

/// <summary>The paths of this machine.</summary>
internal sealed class DiskPaths : IPathFacts
{
    private const int MostLinks = 40;

    public string Home => UserHome.Path;

    public bool IsFolder(string path) => Directory.Exists(path);

    public string RealPath(string path)
    {
        // What is still to be walked, nearest on top. ".." takes away what was walked already, links resolved, as the kernel does it.
        var ahead = new Stack<string>(Segments(path).Reverse());
        var real = new List<string>();
        var links = 0;
        while (ahead.TryPop(out var segment))
        {
            if (segment == "..")
            {
                real = real[..Math.Max(0, real.Count - 1)];
                continue;
            }

            real.Add(segment);
            if (new FileInfo(Join(real)).LinkTarget is not { } target || ++links > MostLinks)
                continue;

            real = target.StartsWith('/') ? [] : real[..^1];
            foreach (var part in Segments(target).Reverse())
                ahead.Push(part);
        }

        return Join(real);
    }

    private static IEnumerable<string> Segments(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(static segment => segment != ".");

    private static string Join(List<string> segments) => "/" + string.Join('/', segments);
}
