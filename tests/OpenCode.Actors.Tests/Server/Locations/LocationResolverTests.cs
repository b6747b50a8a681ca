using OpenCode.Actors.Server.Locations;

namespace OpenCode.Actors.Tests.Server.Locations;

/// <summary>Rule "A location is a real path".</summary>
public sealed class LocationResolverTests
{
    private readonly FakeFolderTree _folders = new FakeFolderTree()
        .Folder("/users/dev/project/src").File("/users/dev/project/README.md")
        .Link("/users/dev/link", "/users/dev/project").Link("/users/dev/up", "../dev/project/src").Link("/users/dev/dangling", "/nowhere/at/all")
        .Link("/users/dev/ring1", "ring2").Link("/users/dev/ring2", "ring1").Link("/users/dev/file", "project/README.md");

    [Theory]
    [InlineData(null, "/users/dev/project", true)]
    [InlineData("", "/users/dev/project", true)]
    [InlineData("/users/dev/project/", "/users/dev/project", true)]
    [InlineData("//users///dev/./project", "/users/dev/project", true)]
    [InlineData("/users/dev/project/src/..", "/users/dev/project", true)]
    [InlineData("src", "/users/dev/project/src", true)]
    [InlineData(".", "/users/dev/project", true)]
    [InlineData("../project/src", "/users/dev/project/src", true)]
    [InlineData("/users/dev/link", "/users/dev/project", true)]
    [InlineData("/users/dev/link/src", "/users/dev/project/src", true)]
    [InlineData("/users/dev/up", "/users/dev/project/src", true)]
    [InlineData("/users/dev/up/..", "/users/dev/project", true)]
    [InlineData("/users/dev/link/new/../x/./y", "/users/dev/project/x/y", false)]
    [InlineData("/users/dev/dangling", "/nowhere/at/all", false)]
    [InlineData("/users/dev/project/missing/deep", "/users/dev/project/missing/deep", false)]
    [InlineData("/../..", "/", true)]
    [InlineData("/", "/", true)]
    public void A_location_is_the_real_path_of_what_exists_and_the_rest_normalised(string? named, string path, bool exists) =>
        Assert.Equal(new Location(path, exists), new LocationResolver(_folders, "/users/dev/link").Resolve(named));

    [Theory]
    [InlineData("/users/dev/project/README.md")]
    [InlineData("/users/dev/project/README.md/below")]
    [InlineData("/users/dev/file")]
    [InlineData("/users/dev/ring1")]
    [InlineData("/home\0/dev")]
    public void A_file_a_ring_of_links_and_a_NUL_are_no_location(string named) =>
        Assert.Throws<LocationException>(() => new LocationResolver(_folders, "/users/dev/project").Resolve(named));

    [Fact]
    public void A_path_beyond_the_systems_limit_is_no_location() =>
        Assert.Throws<LocationException>(() => new LocationResolver(_folders, "/users/dev/project").Resolve("/" + new string('a', 5_000)));
}
