using System.Text.RegularExpressions;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Locations.Files;

namespace OpenCode.Actors.Tests.Server.Locations.Files;

public sealed class LocationFilesTests
{
    private static readonly Location _here = new("/proj", Exists: true);
    private readonly FakeFolderTree _folders = new FakeFolderTree()
        .File("/proj/a.txt").File("/proj/sub/b.txt").File("/proj/node_modules/c.txt").File("/etc/passwd").Folder("/project")
        .Link("/proj/out", "/etc").Link("/proj/file-out", "../etc/passwd").Link("/proj/in", "sub");

    private readonly FakeFiles _files = new();
    private readonly LocationFiles _location;

    public LocationFilesTests()
    {
        _location = new LocationFiles(_files, _folders, new NoGit());
        _files.Folders["/proj"] = [new("a.txt", PathKind.File), new("sub", PathKind.Folder), new("node_modules", PathKind.Folder), new("out", PathKind.Link), new("in", PathKind.Link)];
        _files.Folders["/proj/sub"] = [new("b.txt", PathKind.File)];
        _files.Texts["/proj/a.txt"] = "one\nü two two\n";
        _files.Texts["/proj/sub/b.txt"] = "two";
    }

    [Theory]
    [InlineData("..")]
    [InlineData("../project")]
    [InlineData("/etc/passwd")]
    [InlineData("out/passwd")]
    [InlineData("file-out")]
    [InlineData("sub/../../etc")]
    public void A_path_that_leads_out_is_refused(string path) => Assert.Throws<LocationException>(() => _location.Find(_here, path));

    [Theory]
    [InlineData("a.txt", "/proj/a.txt")]
    [InlineData("/proj/a.txt", "/proj/a.txt")]
    [InlineData("in/b.txt", "/proj/sub/b.txt")]
    [InlineData(".", "/proj")]
    [InlineData("not/there", "/proj/not/there")]
    public void A_path_inside_is_found_as_its_real_path(string path, string real) => Assert.Equal(real, _location.Find(_here, path).Path);

    [Fact]
    public async Task A_folder_is_listed_with_its_folders_first()
    {
        var (nodes, isAll) = await _location.ListAsync(_here, "/proj", CancellationToken.None);

        Assert.True(isAll);
        Assert.Equal(["in/", "node_modules/", "out/", "sub/", "a.txt"], nodes.Select(node => node.Path));
        Assert.Equal(new FileNode("a.txt", "a.txt", "/proj/a.txt", "file", Ignored: false), nodes[^1]);
    }

    [Fact]
    public async Task Outside_a_repository_all_files_are_known_but_those_behind_links_and_of_packages() =>
        Assert.Equal(["a.txt", "sub/b.txt"], await _location.AllAsync(_here, CancellationToken.None));

    [Fact]
    public async Task Of_a_folder_of_very_many_entries_a_bounded_number_is_read_listed_and_searched()
    {
        const int many = 1_000_000;
        _files.Folders["/proj"] = [new("sub", PathKind.Folder), .. Enumerable.Range(0, many).Select(static number => new FolderEntry($"f{number}", PathKind.File))];

        var (listed, isAll) = await _location.ListAsync(_here, "/proj", CancellationToken.None);
        var read = _files.Read;
        var all = await _location.AllAsync(_here, CancellationToken.None);

        Assert.Equal(10_000, listed.Count);
        Assert.False(isAll);
        Assert.Equal("sub/", listed[0].Path);
        Assert.Equal(10_001, read);
        Assert.InRange(all.Count, 10_000, 50_000);
        Assert.InRange(_files.Read, 10_001, 110_001);
    }

    [Theory]
    [InlineData(9_999, true)]
    [InlineData(10_000, true)]
    [InlineData(10_001, false)]
    public async Task A_list_that_was_cut_says_so(int entries, bool isAll)
    {
        _files.Folders["/proj"] = [.. Enumerable.Range(0, entries).Select(static number => new FolderEntry($"f{number}", PathKind.File))];

        var listed = await _location.ListAsync(_here, "/proj", CancellationToken.None);

        Assert.Equal((Math.Min(entries, 10_000), isAll), (listed.Nodes.Count, listed.IsAll));
    }

    [Fact]
    public async Task Very_many_folders_are_walked_up_to_a_bound_the_near_ones_first()
    {
        FolderEntry[] entries = [new("z.txt", PathKind.File), .. Enumerable.Range(0, 2_000).Select(static number => new FolderEntry($"d{number}", PathKind.Folder))];
        _files.Folders["/proj"] = entries;
        foreach (var folder in entries.Skip(1))
            _files.Folders[$"/proj/{folder.Name}"] = entries;

        var all = await _location.AllAsync(_here, CancellationToken.None);

        Assert.Equal("z.txt", all[0]);
        Assert.InRange(_files.Read, 50_000, 100_000);
    }

    [Fact]
    public async Task Text_is_found_with_the_bytes_where_it_stands()
    {
        var found = await new TextSearch(_location).FindAsync(_here, new Regex("two", RegexOptions.NonBacktracking), CancellationToken.None);

        Assert.Equal([("a.txt", 2, 4L), ("sub/b.txt", 1, 0L)], found.Select(match => (match.Path.Text, match.LineNumber, match.AbsoluteOffset)));
        Assert.Equal([(3, 6), (7, 10)], found[0].Submatches.Select(match => (match.Start, match.End)));
    }

    private sealed class FakeFiles : IFiles
    {
        public Dictionary<string, FolderEntry[]> Folders { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);

        public Task<byte[]?> ReadAsync(string path, long mostBytes, CancellationToken cancellationToken) =>
            Task.FromResult(Texts.TryGetValue(path, out var text) ? System.Text.Encoding.UTF8.GetBytes(text) : null);

        public int Read { get; private set; }

        public IReadOnlyList<FolderEntry> List(string folder, int most)
        {
            var entries = Folders.GetValueOrDefault(folder, []).Take(most).ToList();
            Read += entries.Count;
            return entries;
        }
    }

    private sealed class NoGit : IGit
    {
        public Task<GitRepository?> FindAsync(string folder) => Task.FromResult<GitRepository?>(null);

        public Task<string?> ReadAsync(string folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
    }
}
