using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Storage.Sqlite.Doors;

namespace OpenCode.Actors.EndToEnd.Front;

/// <summary>Rule "One holder": what the folder says about its holder, and when.</summary>
public sealed class HolderFileTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static HolderInfo Info => new("http://127.0.0.1:4096", 7, "secret", HasPassword: true, new Dictionary<string, string>(StringComparer.Ordinal) { ["the variable A"] = "hash" });

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_written_is_read()
    {
        Assert.Null(HolderFile.Read(_folder.Path));
        HolderFile.Write(_folder.Path, Info with { Pid = 8 });
        HolderFile.Write(_folder.Path, Info);

        var read = HolderFile.Read(_folder.Path)!;
        Assert.Equal(Info with { Settings = read.Settings }, read);
        Assert.Equal(Info.Settings, read.Settings);
        Assert.Equal([HolderFile.Name], Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_folder.Path, HolderFile.Name)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"url":null,"pid":1,"secret":"s","hasPassword":false,"settings":{}}""")]
    public void Half_of_it_is_nothing(string text)
    {
        File.WriteAllText(Path.Combine(_folder.Path, HolderFile.Name), text);
        Assert.Null(HolderFile.Read(_folder.Path));
    }

    [Fact]
    public void It_is_empty_as_soon_as_another_process_has_the_folder()
    {
        HolderFile.Write(_folder.Path, Info);
        using (DataFolder.Take(_folder.Path))
        {
            Assert.Null(HolderFile.Read(_folder.Path));
            HolderFile.Write(_folder.Path, Info);
            Assert.Null(DataFolder.TryTake(_folder.Path));
            Assert.Throws<JournalLockedException>(() => DataFolder.Take(_folder.Path));
            Assert.NotNull(HolderFile.Read(_folder.Path)); // It is still the one that holds it.
        }
    }

    [Fact]
    public void A_holder_that_never_told_anything_leaves_no_file()
    {
        HolderFile.Write(_folder.Path, Info);
        DataFolder.Take(_folder.Path).Dispose();
        Assert.False(File.Exists(Path.Combine(_folder.Path, HolderFile.Name)));

        using (DataFolder.Take(_folder.Path))
            HolderFile.Write(_folder.Path, Info);
        Assert.NotNull(HolderFile.Read(_folder.Path));
    }

    [Fact]
    public void The_holder_sees_whether_there_are_fronts()
    {
        using var held = DataFolder.Take(_folder.Path);
        Assert.False(held.HasFronts());
        var one = DataFolder.TryMarkFront(_folder.Path);
        var other = DataFolder.TryMarkFront(_folder.Path);
        Assert.True(held.HasFronts());
        one!.Dispose();
        Assert.True(held.HasFronts());
        other!.Dispose();
        Assert.False(held.HasFronts());
    }
}
