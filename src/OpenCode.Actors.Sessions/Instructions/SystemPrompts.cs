using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Instructions;

/// <summary>Collects the parts of system prompts from the files of the project, the configuration and the web. Thread-safe.</summary>
internal sealed partial class SystemPrompts(IFileWork work, IInstructionConfig config, InstructionPages pages, IPathFacts paths, TimeProvider time, ILogger<SystemPrompts> logger)
{
    private const int DepthInRepository = 3;
    private const int MostTrees = 1_000;

    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _treeLimit = TimeSpan.FromSeconds(2);

    // A session keeps the tree that it began with: one that changed with each file would be read anew by the provider, with all that follows.
    private readonly Dictionary<(string Session, string Directory), string> _trees = [];
    private readonly Lock _lock = new();

    /// <summary>Collects a prompt. What cannot be read is said in it.</summary>
    public async Task<SystemPrompt> CollectAsync(PromptContext briefing, CancellationToken cancellationToken)
    {
        var (worktree, found, urls) = await ReadAsync(briefing, cancellationToken);
        var tree = await TreeAsync(briefing, worktree is not null, cancellationToken);
        var fetched = await Task.WhenAll(urls.Select(url => pages.GetAsync(url, cancellationToken)));
        return new SystemPrompt(briefing, worktree, Platform, DateOnly.FromDateTime(time.GetLocalNow().DateTime), tree, [.. found, .. fetched]);
    }

    private static string Platform => OperatingSystem.IsLinux() ? "linux" : OperatingSystem.IsMacOS() ? "darwin" : "win32";

    private async Task<Read> ReadAsync(PromptContext briefing, CancellationToken cancellationToken)
    {
        try
        {
            return await work.DoAsync((files, token) => Collect(files, briefing, token), _limit, cancellationToken);
        }
        catch (TimeoutException e)
        {
            return new Read(null, [new Instruction(briefing.Directory, null, $"The instructions of the project are missing. {e.Message}")], []);
        }
    }

    private Read Collect(IFileTree files, PromptContext briefing, CancellationToken cancellationToken)
    {
        var sources = config.For(briefing.Directory);
        var worktree = ProjectBorder.Worktree(files, briefing.Directory);
        var root = worktree ?? briefing.Directory;
        var found = new InstructionFiles(files, new ProjectBorder(paths, root), briefing.Directory, root, sources, cancellationToken).Read();
        foreach (var left in found.Where(static instruction => instruction.IsOutside))
            LogOutside(logger, briefing.Directory, left.Source);
        var urls = sources.Configured.Where(InstructionFiles.IsUrl).Distinct(StringComparer.Ordinal).ToList();
        return new Read(worktree, sources.Fault is { } fault ? [.. found, new Instruction("the configuration", null, fault)] : found, urls);
    }

    private async Task<string> TreeAsync(PromptContext briefing, bool isInRepository, CancellationToken cancellationToken)
    {
        var key = (briefing.Session, briefing.Directory);
        lock (_lock)
        {
            if (_trees.TryGetValue(key, out var known))
                return known;
        }

        var tree = await DrawAsync(briefing.Directory, isInRepository, cancellationToken);
        lock (_lock)
        {
            if (_trees.Count >= MostTrees)
                _trees.Clear();
            return _trees[key] = tree;
        }
    }

    // Outside of a repository the folder may be a home: the prompt lists only the location itself. A listing that takes too long is left out, and not tried again each turn.
    private async Task<string> DrawAsync(string directory, bool isInRepository, CancellationToken cancellationToken)
    {
        try
        {
            return await work.DoAsync((files, token) => new ProjectTree(files, token).Draw(directory, isInRepository ? DepthInRepository : 1), _treeLimit, cancellationToken);
        }
        catch (TimeoutException)
        {
            return "(It could not be listed in time.)\n";
        }
    }

    [LoggerMessage(EventId = 6046, Level = LogLevel.Warning, Message = "Instructions of {Directory} are left out: {Path} leads out of the project.")]
    private static partial void LogOutside(ILogger logger, string directory, string path);

    private sealed record Read(string? Worktree, IReadOnlyList<Instruction> Found, IReadOnlyList<string> Urls);
}
