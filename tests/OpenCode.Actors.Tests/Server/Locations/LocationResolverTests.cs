using OpenCode.Actors.Server.Locations;

namespace OpenCode.Actors.Tests.Server.Locations;

/// <summary>Rule "A location is a real path".</summary>
public sealed class LocationResolverTests
{
    private readonly FakeFolderTree _folders = new FakeFolderTree()
        .Folder("/home/dev/project/src").File("/home/dev/project/README.md")
        .Link("/home/dev/link", "/home/dev/project").Link("/home/dev/up", "../dev/project/src").Link("/home/dev/dangling", "/nowhere/at/all")
        .Link("/home/dev/ring1", "ring2").Link("/home/dev/ring2", "ring1").Link("/home/dev/file", "project/README.md");

    [Theory]
    [InlineData(null, "/home/dev/project", true)]
    [InlineData("", "/home/dev/project", true)]
    [InlineData("/home/dev/project/", "/home/dev/project", true)]
    [InlineData("//home///dev/./project", "/home/dev/project", true)]
    [InlineData("/home/dev/project/src/..", "/home/dev/project", true)]
    [InlineData("src", "/home/dev/project/src", true)]
    [InlineData(".", "/home/dev/project", true)]
    [InlineData("../project/src", "/home/dev/project/src", true)]
    [InlineData("/home/dev/link", "/home/dev/project", true)]
    [InlineData("/home/dev/link/src", "/home/dev/project/src", true)]
    [InlineData("/home/dev/up", "/home/dev/project/src", true)]
    [InlineData("/home/dev/up/..", "/home/dev/project", true)]
    [InlineData("/home/dev/link/new/../x/./y", "/home/dev/project/x/y", false)]
    [InlineData("/home/dev/dangling", "/nowhere/at/all", false)]
    [InlineData("/home/dev/project/missing/deep", "/home/dev/project/missing/deep", false)]
    [InlineData("/../..", "/", true)]
    [InlineData("/", "/", true)]
    public void A_location_is_the_real_path_of_what_exists_and_the_rest_normalised(string? named, string path, bool exists) =>
        Assert.Equal(new Location(path, exists), new LocationResolver(_folders, "/home/dev/link").Resolve(named));

    [Theory]
    [InlineData("/home/dev/project/README.md")]
    [InlineData("/home/dev/project/README.md/below")]
    [InlineData("/home/dev/file")]
    [InlineData("/home/dev/ring1")]
    [InlineData("/home\0/dev")]
    public void A_file_a_ring_of_links_and_a_NUL_are_no_location(string named) =>
        Assert.Throws<LocationException>(() => new LocationResolver(_folders, "/home/dev/project").Resolve(named));

    [Fact]
    public void A_path_beyond_the_systems_limit_is_no_location() =>
        Assert.Throws<LocationException>(() => new LocationResolver(_folders, "/home/dev/project").Resolve("/" + new string('a', 5_000)));
}
