using System.ComponentModel;
using System.Text;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Server.Locations.Doors;
using OpenCode.Actors.Server.Locations.Vcs;
using OpenCode.Actors.Sessions.History;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.Tools.Changes;
using OpenCode.Actors.Sessions.Tools.Paths;
using OpenCode.Actors.Sessions.Tools.Paths.Doors;

namespace OpenCode.Actors.Server.Snapshots.Doors;

/// <summary>A git repository of the server's own for a worktree: it stores the files of the worktree as trees. It does not use the user's repository, index, hooks and settings.</summary>
/// <remarks>One caller at a time.</remarks>
/// <param name="folder">Where it is.</param>
/// <param name="root">The worktree.</param>
/// <param name="dataFolder">The data folder of the server, which is in no snapshot.</param>
/// <param name="store">Writes files.</param>
/// <param name="written">The changes of files by the tools of sessions.</param>
/// <param name="git">Runs git.</param>
internal sealed class ShadowRepository(string folder, string root, string dataFolder, IFileStore store, FileChanges written, GitProcess git)
{
    private const string IgnoreFile = ".gitignore";
    private const string Here = "./";
    private const int NoneIgnored = 1;
    private const int Context = 3;
    private const int MostExcludedBytes = 1 << 20;
    private const int PathsAtOnce = 200; // A command line is bounded.

    private static readonly TimeSpan _quick = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _whole = TimeSpan.FromMinutes(2); // the first snapshot of a large worktree

    // Contents are kept to the byte, whatever a user's settings or the attributes of a worktree say.
    private static readonly string[] _settings =
    [
        "--literal-pathspecs", "-c", "core.autocrlf=false", "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false", "-c", "core.untrackedCache=false", "-c", "core.quotepath=off",
        "-c", "core.symlinks=true", "-c", "core.filemode=true", "-c", "core.attributesFile=/dev/null", "-c", "core.looseCompression=1", "-c", "diff.external=",
    ];

    private static readonly string[] _cleaning = ["-c", "gc.auto=2000", "-c", "gc.pruneExpire=7.days.ago", "-c", "gc.autoDetach=false", "gc", "--auto", "--quiet"];

    private readonly WorktreeFiles _files = new(root, store, written);
    private readonly UnkeptFiles _unkept = new(root, dataFolder);
    private string? _last;

    /// <summary>Takes a snapshot, without files that a <c>.gitignore</c> excludes and files of more than 2 MB.</summary>
    public async Task<string> TakeAsync()
    {
        if (_last is null)
            await PrepareAsync();

        var (taken, gone) = _files.Sort(GitOutput.Names(await ChangedAsync()));
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
    public async Task<StepFiles> EndStepAsync(StepWork step)
    {
        var to = await TakeAsync();
        var changes = Within(step.Own, to == step.From ? [] : await CompareAsync(step.From, to));
        string[] changed = [.. changes.Select(change => Path.Combine(root, change.Path))];
        var ofTurn = step.Since == step.From || changes.Count == 0 ? changes : Within(step.Earlier is { } earlier ? [.. earlier, .. changed] : null, await CompareAsync(step.Since, to));
        return new StepFiles(to, [.. changed.Take(Changes.MaxFiles)], changes.Count == 0 ? [] : await DiffAsync(step.Since, to, ofTurn.Select(static change => change.Path)));
    }

    /// <summary>Restores files.</summary>
    public async Task<RestoreOutcome> RestoreAsync(FilesToRestore files, CancellationToken cancellationToken)
    {
        if (_last is null)
            await ChangedAsync(); // The undo is ended after a kill: git reads the index to compare, and half of one is made anew here.

        var wanted = new FilesAfterUndo();
        foreach (var step in files.Undone)
            wanted.Undo(await ChangesAsync(step, files.Now));
        foreach (var step in files.Before)
            wanted.WasUndone(await ChangesAsync(step, files.Now));
        wanted.BringBack(await EntriesAsync(files.Now, [.. wanted.Paths]));

        var unkept = files.Since is { } since ? _unkept.ChangedSince(await UnkeptAsync(), since) : [];
        var problems = await SetAsync(wanted, files.Now.Length, cancellationToken);
        var changes = await DiffAsync(files.Now, await TakeAsync(), wanted.All.Keys);
        return new RestoreOutcome(string.Concat(changes.Select(static change => change.Patch)), UndoSentences.Of(problems, wanted.ChangedByOthers, unkept));
    }

    /// <summary>Removes objects older than a week; git decides when.</summary>
    public Task CleanAsync() => GitAsync(_cleaning, limit: _whole);

    private async Task<string> ChangedAsync()
    {
        string[] list = ["ls-files", "-z", "--others", "--modified", "--deleted", "--exclude-standard"];
        var index = Path.Combine(folder, "index");
        try
        {
            return await GitAsync(list, limit: _whole);
        }
        catch (SnapshotException e) when (_last is null && File.Exists(index) && e.Message.Contains("index", StringComparison.Ordinal))
        {
            File.Delete(index); // A kill or a power cut left half of it. It is made anew.
            return await GitAsync(list, limit: _whole);
        }
    }

    // The files are restored also where these cannot be listed. The first list mends a broken index.
    private async Task<IEnumerable<string>> UnkeptAsync()
    {
        try
        {
            var changed = GitOutput.Names(await ChangedAsync()).Where(_files.IsUnkept);
            return [.. changed, .. GitOutput.Names(await GitAsync(["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory"]))];
        }
        catch (SnapshotException)
        {
            return [];
        }
    }

    private static string Lines(List<string> names) => string.Concat(names.Select(static name => name + "\0"));

    private async Task<List<(string File, string Why)>> SetAsync(FilesAfterUndo wanted, int digits, CancellationToken cancellationToken)
    {
        // All contents are got first: what cannot be got stops this before a file is changed.
        var staged = Path.Combine(folder, "staged");
        await StageAsync(wanted.All.Where(static file => file.Value?.IsFile == true), staged);
        var problems = new List<(string File, string Why)>();

        // Git syncs nothing by itself, which would take five times as long in each step. A file that is set is synced: after a power cut the way back has to be there too.
        if (wanted.All.Count > 0)
            store.SyncAll(folder);

        // What is to be gone goes first: a folder may have taken the place of a file.
        foreach (var name in wanted.All.Keys.OrderBy(name => wanted.All[name] is not null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_files.Set(name, wanted, Path.Combine(staged, "files", name), digits) is { } problem)
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

    private async Task<IReadOnlyList<TreeChange>> ChangesAsync(StepChange step, string now) => Within(step.Files, await CompareAsync(step.From, step.To ?? now));

    private IReadOnlyList<TreeChange> Within(IReadOnlyList<string>? files, IReadOnlyList<TreeChange> changes)
    {
        if (files is null)
            return changes;

        var names = files.ToHashSet(StringComparer.Ordinal);
        return [.. changes.Where(change => names.Contains(Path.Combine(root, change.Path)))];
    }

    private async Task<List<(string Path, TreeEntry Entry)>> EntriesAsync(string tree, string[] paths)
    {
        var entries = new List<(string, TreeEntry)>();
        foreach (var some in paths.Chunk(PathsAtOnce))
            entries.AddRange(TreeEntry.Read(await GitAsync(["ls-tree", "-z", "--full-tree", tree, "--", .. some])));
        return entries;
    }

    private async Task<IReadOnlyList<TreeChange>> CompareAsync(string from, string to)
    {
        var changes = TreeChange.Read(await GitAsync(["diff-tree", "-r", "-z", "--raw", "--no-renames", "--no-abbrev", from, to]));
        if (!changes.Any(static change => change.Old is not null && Path.GetFileName(change.Path) == IgnoreFile))
            return changes;

        // What a changed .gitignore leaves out no more was there before: no step made it.
        var hidden = await IgnoredAsync(from, [.. changes.Where(static change => change.Old is null).Select(static change => change.Path)]);
        return [.. changes.Where(change => change.Old is not null || !hidden.Contains(change.Path))];
    }

    private async Task<HashSet<string>> IgnoredAsync(string tree, IReadOnlyList<string> paths)
    {
        var places = paths.SelectMany(static path => path.Split('/')[..^1].Aggregate(new List<string> { "" }, static (folders, name) => [.. folders, $"{folders[^1]}{name}/"])).Distinct(StringComparer.Ordinal);
        var rules = await EntriesAsync(tree, [.. places.Select(static folder => folder + IgnoreFile)]);
        var staged = Path.Combine(folder, "staged");
        await StageAsync(rules.Where(static rule => rule.Entry.IsFile).Select(static rule => KeyValuePair.Create<string, TreeEntry?>(rule.Path, rule.Entry)), staged);

        // This command takes no literal paths. Behind the folder that it runs in no sign of a name means anything.
        var input = Lines([.. paths.Select(static path => Here + path)]);
        var result = await RunAsync(["--no-literal-pathspecs", "check-ignore", "-z", "--stdin", "--no-index"], input, null, _quick, Directory.CreateDirectory(Path.Combine(staged, "files")).FullName);
        return result.ExitCode is 0 or NoneIgnored ? [.. GitOutput.Names(result.Output).Select(static path => path[Here.Length..])] : throw new SnapshotException($"git check-ignore failed: {result.Complaint.Trim()}");
    }

    private async Task<IReadOnlyList<FileDiff>> DiffAsync(string from, string to, IEnumerable<string> paths)
    {
        var shown = paths.ToHashSet(StringComparer.Ordinal);
        string[] diff = ["diff-tree", "-r", "--no-color", "--no-ext-diff", "--no-textconv", "--no-renames"];
        var statuses = await GitAsync([.. diff, "-z", "--name-status", from, to]);
        var counts = await GitAsync([.. diff, "-z", "--numstat", from, to]);
        var patches = await TryGitAsync([.. diff, "--patch", $"--unified={Context}", from, to]);
        return Changes.Cut(GitOutput.Changes(statuses, counts, patches).Where(change => shown.Contains(change.File!)));
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
        var excluded = new StringBuilder(OwnExcluded()).Append('\n').Append(DiskStore.TemporaryNames).Append('\n');
        if (dataFolder.StartsWith(root + "/", StringComparison.Ordinal))
            excluded.Append(string.Concat(dataFolder[root.Length..].Select(static sign => sign is '\\' or '*' or '?' or '[' or ']' or ' ' ? $"\\{sign}" : $"{sign}"))).Append('\n');
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

    private async Task<GitResult> RunAsync(IReadOnlyList<string> arguments, string input, string? index, TimeSpan limit, string? worktree = null)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["GIT_DIR"] = folder,
            ["GIT_WORK_TREE"] = worktree ?? root,
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
            return await git.RunAsync(new GitCommand(worktree ?? root, [.. _settings, .. arguments], limit) { Input = input, Variables = variables }, CancellationToken.None);
        }
        catch (Win32Exception e)
        {
            throw new SnapshotException($"git cannot be started: {e.Message}", e);
        }
    }
}
