using System.ComponentModel;
using System.Globalization;
using System.Text;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Server.Locations.Doors;
using OpenCode.Actors.Server.Locations.Vcs;
using OpenCode.Actors.Sessions.History;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.Tools.Paths;

namespace OpenCode.Actors.Server.Snapshots.Doors;

/// <summary>A git repository of ours beside a worktree: it keeps the files of the worktree as trees. The user's own repository, index, hooks and settings have no part in it.</summary>
/// <remarks>One caller at a time.</remarks>
/// <param name="folder">Where it is.</param>
/// <param name="root">The worktree.</param>
/// <param name="dataFolder">The data folder of the server, which is in no snapshot.</param>
/// <param name="store">Writes files.</param>
/// <param name="git">Runs git.</param>
internal sealed class ShadowRepository(string folder, string root, string dataFolder, IFileStore store, GitProcess git)
{
    private const int Context = 3;
    private const int MostExcludedBytes = 1 << 20;

    private static readonly TimeSpan _quick = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _whole = TimeSpan.FromMinutes(2); // the first snapshot of a large worktree

    // Contents are kept to the byte, whatever a user's settings or the attributes of a worktree say.
    private static readonly string[] _settings =
    [
        "--literal-pathspecs", "-c", "core.autocrlf=false", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false", "-c", "core.quotepath=off",
        "-c", "core.symlinks=true", "-c", "core.filemode=true", "-c", "core.attributesFile=/dev/null", "-c", "core.looseCompression=1", "-c", "diff.external=",
    ];

    private static readonly string[] _cleaning = ["-c", "gc.auto=2000", "-c", "gc.pruneExpire=7.days.ago", "-c", "gc.autoDetach=false", "gc", "--auto", "--quiet"];

    private readonly WorktreeFiles _files = new(root, store);
    private string? _last;

    /// <summary>Takes a snapshot. A file that a <c>.gitignore</c> leaves out, or of more than 2 MB, is not in it.</summary>
    public async Task<string> TakeAsync()
    {
        if (_last is null)
            await PrepareAsync();

        var changed = await GitAsync(["ls-files", "-z", "--others", "--modified", "--deleted", "--exclude-standard"], limit: _whole);
        var (taken, gone) = _files.Sort(GitOutput.Names(changed));
        if (_last is not null && taken.Count == 0 && gone.Count == 0)
            return _last;

        _last = null; // Until it is there: what fails here begins with a repair the next time.
        if (gone.Count > 0)
            await GitAsync(["update-index", "-z", "--force-remove", "--stdin"], Lines(gone), limit: _whole);
        if (taken.Count > 0)
            await GitAsync(["update-index", "-z", "--add", "--remove", "--replace", "--stdin"], Lines(taken), limit: _whole);
        return _last = (await GitAsync(["write-tree"])).Trim();
    }

    /// <summary>Takes a snapshot and compares it.</summary>
    public async Task<StepFiles> EndStepAsync(string from, string since)
    {
        var to = await TakeAsync();
        var changes = to == from ? [] : await CompareAsync(from, to);
        return new StepFiles(to, [.. changes.Take(Changes.MaxFiles).Select(change => Path.Combine(root, change.Path))], changes.Count == 0 ? [] : await DiffAsync(since, to));
    }

    /// <summary>Sets files.</summary>
    public async Task<FilesSet> SetAsync(FilesToSet files, CancellationToken cancellationToken)
    {
        var wanted = new WantedFiles();
        foreach (var step in files.Undone)
            wanted.Undo(await ChangesAsync(step, files.Now));
        foreach (var step in files.Before)
            wanted.WasUndone(await ChangesAsync(step, files.Now));
        if (files.Before.Count > 0)
            wanted.BringBack(await CompareAsync(files.Now, await TakeAsync()));

        var problems = await SetAsync(wanted.All, cancellationToken);
        var changes = (await DiffAsync(files.Now, await TakeAsync())).Where(change => wanted.IsAbout(change.File ?? ""));
        return new FilesSet(string.Concat(changes.Select(static change => change.Patch)), problems.Count == 0 ? null : Tell(problems));
    }

    /// <summary>Removes what is older than a week, now and then: git decides when.</summary>
    public Task CleanAsync() => GitAsync(_cleaning, limit: _whole);

    private static string Lines(List<string> names) => string.Concat(names.Select(static name => name + "\0"));

    private static string Tell(List<(string File, string Why)> problems)
    {
        var few = string.Join(", ", problems.Take(5).Select(static problem => $"{problem.File} ({problem.Why})"));
        return string.Create(CultureInfo.InvariantCulture, $"Stay as they are: {few}{(problems.Count > 5 ? $" and {problems.Count - 5} more" : "")}.");
    }

    private async Task<List<(string File, string Why)>> SetAsync(IReadOnlyDictionary<string, TreeEntry?> wanted, CancellationToken cancellationToken)
    {
        // All contents are got first: what cannot be got stops this before a file is changed.
        var staged = Path.Combine(folder, "staged");
        await StageAsync(wanted.Where(static file => file.Value?.IsFile == true), staged);
        var problems = new List<(string File, string Why)>();
        foreach (var (name, entry) in wanted)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var problem = entry is { IsFile: false }
                ? "it was no plain file"
                : _files.Set(name, entry is null ? null : Path.Combine(staged, "files", name), entry?.IsExecutable == true);
            if (problem is not null)
                problems.Add((name, problem));
        }

        Directory.Delete(staged, recursive: true);
        return problems;
    }

    private async Task StageAsync(IEnumerable<KeyValuePair<string, TreeEntry?>> files, string staged)
    {
        if (Directory.Exists(staged))
            Directory.Delete(staged, recursive: true);

        Directory.CreateDirectory(staged);
        var input = string.Concat(files.Select(static file => $"{file.Value!.Mode} {file.Value.Hash}\t{file.Key}\0"));
        if (input.Length == 0)
            return;

        var index = Path.Combine(staged, "index");
        await GitAsync(["update-index", "-z", "--index-info"], input, index);
        await GitAsync(["checkout-index", "--all", "--force", $"--prefix={staged}/files/"], index: index, limit: _whole);
    }

    private async Task<IReadOnlyList<TreeChange>> ChangesAsync(KeptStep step, string now)
    {
        var changes = await CompareAsync(step.From, step.To ?? now);
        return step.Files is { } files ? [.. changes.Where(change => files.Contains(Path.Combine(root, change.Path), StringComparer.Ordinal))] : changes;
    }

    private async Task<IReadOnlyList<TreeChange>> CompareAsync(string from, string to) => TreeChange.Read(await GitAsync(["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", from, to]));

    private async Task<IReadOnlyList<FileDiff>> DiffAsync(string from, string to)
    {
        string[] diff = ["diff-tree", "-r", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames"];
        var statuses = await GitAsync([.. diff, "-z", "--name-status", from, to]);
        var counts = await GitAsync([.. diff, "-z", "--numstat", from, to]);
        var patches = await TryGitAsync([.. diff, "--patch", $"--unified={Context}", from, to]);
        return Changes.Cut(GitOutput.Changes(statuses, counts, patches).Select(static change => new FileDiff(change.Additions, change.Deletions) { File = change.File, Patch = change.Patch, Status = change.Status }));
    }

    private async Task PrepareAsync()
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!File.Exists(Path.Combine(folder, "HEAD")))
            await GitAsync(["init", "--quiet", "--template="]);

        // A server that was killed, or a git that was, left it. Only this server writes here (rule "One holder").
        File.Delete(Path.Combine(folder, "index.lock"));
        var info = Directory.CreateDirectory(Path.Combine(folder, "info")).FullName;
        await File.WriteAllTextAsync(Path.Combine(info, "attributes"), "* -text -filter -ident -working-tree-encoding\n");
        await File.WriteAllTextAsync(Path.Combine(info, "exclude"), Excluded());
    }

    private string Excluded()
    {
        var excluded = new StringBuilder(OwnExcluded());
        if (dataFolder.StartsWith(root + "/", StringComparison.Ordinal))
            excluded.Append('\n').Append(dataFolder.AsSpan(root.Length)).Append('\n');
        return excluded.ToString();
    }

    private string OwnExcluded()
    {
        try
        {
            return Encoding.UTF8.GetString(store.Read(Path.Combine(root, ".git", "info", "exclude"), MostExcludedBytes));
        }
        catch (IOException)
        {
            return ""; // There is none, or it is none that could be read: then more is kept.
        }
    }

    private async Task<string> GitAsync(IReadOnlyList<string> arguments, string input = "", string? index = null, TimeSpan? limit = null)
    {
        var result = await RunAsync(arguments, input, index, limit ?? _quick);
        return result.ExitCode == 0 ? result.Output : throw new SnapshotException($"git {string.Join(' ', arguments.Where(static word => !word.StartsWith('-')).Take(1))} failed: {result.Complaint.Trim()}");
    }

    private async Task<string?> TryGitAsync(IReadOnlyList<string> arguments)
    {
        var result = await RunAsync(arguments, "", null, _quick);
        return result.ExitCode == 0 ? result.Output : null;
    }

    private async Task<GitResult> RunAsync(IReadOnlyList<string> arguments, string input, string? index, TimeSpan limit)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["GIT_DIR"] = folder,
            ["GIT_WORK_TREE"] = root,
            ["GIT_CONFIG_GLOBAL"] = "/dev/null",
            ["GIT_CONFIG_NOSYSTEM"] = "1",
            ["GIT_CONFIG_COUNT"] = "0",
            ["GIT_CONFIG_PARAMETERS"] = "",
            ["GIT_TERMINAL_PROMPT"] = "0",
            ["LC_ALL"] = "C",
        };
        if (index is not null)
            variables["GIT_INDEX_FILE"] = index;

        try
        {
            return await git.RunAsync(new GitCommand(root, [.. _settings, .. arguments], limit) { Input = input, Variables = variables }, CancellationToken.None);
        }
        catch (Win32Exception e)
        {
            throw new SnapshotException($"git cannot be started: {e.Message}", e);
        }
    }
}
