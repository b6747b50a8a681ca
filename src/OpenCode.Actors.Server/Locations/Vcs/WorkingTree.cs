using System.Text;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Server.Locations.Files;

namespace OpenCode.Actors.Server.Locations.Vcs;

/// <summary>The differences of a location's files from the last commit, by git. Outside a repository there are none.</summary>
internal sealed class WorkingTree(IGit git, IFiles files, ProjectCatalog projects)
{
    private const string Head = "HEAD";
    private const long LongestText = 1024 * 1024;
    private const int MostUntracked = 1_000;
    private static readonly string[] _diff = ["diff", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames"];

    /// <summary>Gets the branch that is checked out; null for none.</summary>
    public async Task<string?> BranchAsync(Location location, CancellationToken cancellationToken) => await IsRepositoryAsync(location)
        ? Line(await git.ReadAsync(location.Path, ["symbolic-ref", "--short", "--quiet", "HEAD"], cancellationToken))
        : null;

    /// <summary>Gets the branch that others begin from; null when it is not known.</summary>
    public async Task<string?> DefaultBranchAsync(Location location, CancellationToken cancellationToken)
    {
        if (!await IsRepositoryAsync(location))
            return null;

        if (Line(await git.ReadAsync(location.Path, ["symbolic-ref", "--short", "--quiet", "refs/remotes/origin/HEAD"], cancellationToken)) is { } remote)
            return remote[(remote.IndexOf('/', StringComparison.Ordinal) + 1)..];

        return Line(await git.ReadAsync(location.Path, ["for-each-ref", "--format=%(refname:short)", "refs/heads/main", "refs/heads/master"], cancellationToken));
    }

    /// <summary>Lists what differs from the last commit, without patches.</summary>
    public Task<IReadOnlyList<FileDiff>> StatusAsync(Location location, CancellationToken cancellationToken) => ChangesAsync(location, Head, null, cancellationToken);

    /// <summary>Lists what differs from the last commit, with patches.</summary>
    /// <param name="location">Where.</param>
    /// <param name="context">How many lines are shown around each change.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<IReadOnlyList<FileDiff>> DiffAsync(Location location, int context, CancellationToken cancellationToken) => ChangesAsync(location, Head, context, cancellationToken);

    /// <summary>Lists what differs from where this branch left the default one; nothing on that one itself.</summary>
    /// <param name="location">Where.</param>
    /// <param name="context">How many lines are shown around each change.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<FileDiff>> BranchDiffAsync(Location location, int context, CancellationToken cancellationToken)
    {
        if (await DefaultBranchAsync(location, cancellationToken) is not { } trunk || await BranchAsync(location, cancellationToken) == trunk)
            return [];

        return Line(await git.ReadAsync(location.Path, ["merge-base", "HEAD", trunk], cancellationToken)) is { } fork ? await ChangesAsync(location, fork, context, cancellationToken) : [];
    }

    private static string? Line(string? output) => output?.Split('\n', 2)[0].Trim() is { Length: > 0 } line ? line : null;

    private async Task<bool> IsRepositoryAsync(Location location) => location.Exists && (await projects.ProjectOfAsync(location)).IsRepository;

    private async Task<IReadOnlyList<FileDiff>> ChangesAsync(Location location, string from, int? context, CancellationToken cancellationToken)
    {
        if (!await IsRepositoryAsync(location))
            return [];

        // Before the first commit all files are new: they differ from git's own empty tree.
        if (from == Head && await git.ReadAsync(location.Path, ["rev-parse", "--verify", "--quiet", Head], cancellationToken) is null)
            from = Line(await git.ReadAsync(location.Path, ["hash-object", "-t", "tree", "/dev/null"], cancellationToken)) ?? Head;

        var statuses = await git.ReadAsync(location.Path, [.. _diff, "--name-status", "-z", from, "--", "."], cancellationToken);
        var counts = await git.ReadAsync(location.Path, [.. _diff, "--numstat", "-z", from, "--", "."], cancellationToken);
        var patches = context is { } lines ? await git.ReadAsync(location.Path, [.. _diff, "--patch", $"--unified={lines}", from, "--", "."], cancellationToken) : null;
        var untracked = await git.ReadAsync(location.Path, ["ls-files", "--others", "--exclude-standard", "--full-name", "-z", "--", "."], cancellationToken);
        var changes = GitOutput.Changes(statuses ?? "", counts ?? "", patches).ToList();
        var root = (await projects.ProjectOfAsync(location)).Worktree;
        foreach (var file in GitOutput.Names(untracked ?? "").Where(static file => !file.EndsWith('/')).Take(MostUntracked))
            changes.Add(GitOutput.Untracked(file, Text(await files.ReadAsync(Path.Combine(root, file), LongestText, cancellationToken)), context is not null));

        return [.. changes.OrderBy(static change => change.File, StringComparer.Ordinal)];
    }

    private static string? Text(byte[]? bytes) => bytes is null || Array.IndexOf(bytes, (byte)0) >= 0 ? null : Encoding.UTF8.GetString(bytes);
}
