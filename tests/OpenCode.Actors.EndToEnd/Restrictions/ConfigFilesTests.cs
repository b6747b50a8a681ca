using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Server.Config.Doors;
using OpenCode.Actors.Sessions.Files.Doors;

namespace OpenCode.Actors.EndToEnd.Restrictions;

/// <summary>Files of a configuration on a real disk: links, pipes, sizes, and how a change is noticed.</summary>
public sealed class ConfigFilesTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ManualTime _time = new();
    private readonly MachineConfigSource _files;

    public ConfigFilesTests() => _files = new MachineConfigSource(new MachineFiles(), _time);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Links_to_folders_are_followed_but_not_round_in_circles()
    {
        var agents = _folder.Sub("agents");
        var shared = _folder.Sub("shared");
        Directory.CreateSymbolicLink(Path.Combine(agents, "shared"), shared);
        Directory.CreateSymbolicLink(Path.Combine(shared, "agents"), agents);
        Directory.CreateSymbolicLink(Path.Combine(shared, "above"), _folder.Path);
        File.WriteAllText(Path.Combine(agents, "a.md"), "");
        File.WriteAllText(Path.Combine(shared, "b.md"), "");

        var found = _files.Markdown(agents);

        Assert.Equal([Path.Combine(agents, "a.md"), Path.Combine(agents, "shared", "b.md")], found.Order(StringComparer.Ordinal));
        Assert.Empty(_files.Markdown(Path.Combine(_folder.Path, "none")));
    }

    [Fact]
    public void A_link_to_a_large_folder_is_a_mistake_that_is_told()
    {
        var agents = _folder.Sub("agents");
        var large = _folder.Sub("large");
        foreach (var n in Enumerable.Range(0, 1_001))
            Directory.CreateDirectory(Path.Combine(large, $"{n}"));
        Directory.CreateSymbolicLink(Path.Combine(agents, "all"), large);

        Assert.Contains("look for a link", Assert.Throws<IOException>(() => _files.Markdown(agents)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_too_large_or_no_file_is_a_mistake_that_is_told()
    {
        var (large, pipe) = (Path.Combine(_folder.Path, "large"), Path.Combine(_folder.Path, "pipe"));
        File.WriteAllText(large, new string('x', (1 << 20) + 1));
        using (var made = Process.Start("mkfifo", pipe))
            await made.WaitForExitAsync();

        Assert.Contains("more than 1 MiB", Assert.Throws<IOException>(() => _files.ReadText(large)).Message, StringComparison.Ordinal);
        Assert.Contains("no regular file", Assert.Throws<IOException>(() => _files.ReadText(pipe)).Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => _files.ReadText("/dev/zero"));
        Assert.Throws<IOException>(() => _files.ReadText(_folder.Path));
        Assert.Null(_files.ReadText(Path.Combine(_folder.Path, "none")));
    }

    [Fact]
    public void A_stamp_is_given_once_the_file_has_been_still()
    {
        var file = Path.Combine(_folder.Path, "opencode.json");
        File.WriteAllText(file, "{}");
        Assert.Null(_files.Stamp(file));

        _time.Advance(TimeSpan.FromHours(1));
        var still = _files.Stamp(file);
        Assert.NotNull(still);
        Assert.Equal(still, _files.Stamp(file));

        var written = File.GetLastWriteTimeUtc(file);
        File.WriteAllText(file, "[]");
        File.SetLastWriteTimeUtc(file, written); // as an attacker would hide the change
        _time.Advance(TimeSpan.FromHours(1));
        Assert.NotEqual(still, _files.Stamp(file));
    }
}
