using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Server.Locations;

public sealed class ProjectCatalogTests
{
    private readonly VirtualTime _time = new();
    private readonly FakeGit _git = new();

    [Fact]
    public async Task A_repository_is_asked_once()
    {
        _git.Repositories["/proj/repo/src"] = new GitRepository("/proj/repo", "c0ffee");
        var projects = new ProjectCatalog(_git, _time);

        await projects.PlaceOfAsync(new Location("/proj/repo/src", Exists: true));
        _time.Advance(TimeSpan.FromHours(1));
        var place = await projects.PlaceOfAsync(new Location("/proj/repo/src", Exists: true));

        Assert.Equal(("/proj/repo/src", "c0ffee", "src"), (place.Directory, place.ProjectId, place.Path));
        Assert.Equal(1, _git.Questions);
    }

    [Fact]
    public async Task A_folder_without_one_is_global_until_it_has_one()
    {
        var projects = new ProjectCatalog(_git, _time);
        var location = new Location("/proj/new", Exists: true);
        Assert.Equal("global", (await projects.PlaceOfAsync(location)).ProjectId);

        _git.Repositories["/proj/new"] = new GitRepository("/proj/new", "beef");
        Assert.Equal("global", (await projects.PlaceOfAsync(location)).ProjectId);
        _time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal("beef", (await projects.PlaceOfAsync(location)).ProjectId);
    }

    [Fact]
    public async Task A_repository_without_a_commit_is_one_and_gets_its_id_with_the_first()
    {
        _git.Repositories["/proj/new/src"] = new GitRepository("/proj/new", FirstCommit: null);
        var projects = new ProjectCatalog(_git, _time);
        var location = new Location("/proj/new/src", Exists: true);

        var (place, project) = (await projects.PlaceOfAsync(location), await projects.ProjectOfAsync(location));
        Assert.Equal(("global", "src"), (place.ProjectId, place.Path));
        Assert.Equal(("/proj/new", true), (project.Worktree, project.IsRepository));

        _git.Repositories["/proj/new/src"] = new GitRepository("/proj/new", "beef");
        _time.Advance(TimeSpan.FromSeconds(11));
        Assert.Equal("beef", (await projects.ProjectOfAsync(location)).Id);
    }

    [Fact]
    public async Task A_folder_that_is_not_there_is_global_and_git_is_not_asked()
    {
        Assert.Equal("global", (await new ProjectCatalog(_git, _time).PlaceOfAsync(new Location("/gone", Exists: false))).ProjectId);
        Assert.Equal(0, _git.Questions);
    }

    private sealed class FakeGit : IGit
    {
        public Dictionary<string, GitRepository> Repositories { get; } = new(StringComparer.Ordinal);

        public int Questions { get; private set; }

        public Task<GitRepository?> FindAsync(string folder)
        {
            Questions++;
            return Task.FromResult(Repositories.GetValueOrDefault(folder));
        }

        public Task<string?> ReadAsync(string folder, IReadOnlyList<string> arguments, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
    }
}
