using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Locations.Doors;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.Tools.Changes;
using OpenCode.Actors.Sessions.Tools.Paths;

namespace OpenCode.Actors.Server.Snapshots.Doors;

/// <summary>Snapshots by git, in a repository of the server's own for each worktree. A turn stops waiting for a slow snapshot, which continues.</summary>
/// <param name="dataFolder">The data folder of the server. The repositories are in it.</param>
/// <param name="configs">Says where no snapshots are wanted.</param>
/// <param name="store">Writes files.</param>
/// <param name="written">The changes of files by the tools of sessions.</param>
/// <param name="git">Runs git.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log of the server.</param>
internal sealed partial class GitSnapshots(string dataFolder, ConfigCatalog configs, IFileStore store, FileChanges written, GitProcess git, TimeProvider time, ILogger<GitSnapshots> logger) : ISnapshots
{
    private static readonly TimeSpan _takeLimit = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan _endLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan _setLimit = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, Worktree> _worktrees = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<string?> TakeAsync(SnapshotPlace place) => Task.Run(() => DoAsync(place, static repository => repository.TakeAsync(), _takeLimit));

    /// <inheritdoc/>
    public Task<StepFiles?> EndStepAsync(SnapshotPlace place, StepWork step) => Task.Run(() => DoAsync(place, repository => repository.EndStepAsync(step), _endLimit));

    /// <inheritdoc/>
    public Task<RestoreOutcome> RestoreAsync(SnapshotPlace place, FilesToRestore files) => Task.Run(() => SetNowAsync(place, files));

    private async Task<RestoreOutcome> SetNowAsync(SnapshotPlace place, FilesToRestore files)
    {
        using var limit = new CancellationTokenSource(_setLimit, time);
        var token = limit.Token;
        try
        {
            return await InTurnAsync(WorktreeOf(place), repository => repository.RestoreAsync(files, token)).WaitAsync(token);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogNotSet(logger, e, place.Root);
            return new RestoreOutcome(null, e is OperationCanceledException ? "Some files stay as they are: setting them took too long." : $"Files stay as they are: {e.Message}");
        }
    }

    private async Task<T?> DoAsync<T>(SnapshotPlace place, Func<ShadowRepository, Task<T>> work, TimeSpan limit)
        where T : class
    {
        // Sessions that an earlier version made outside of a repository look like those of one without a commit.
        if (!IsWanted(place.Directory) || !Path.Exists(Path.Combine(place.Root, ".git")))
            return null;

        var worktree = WorktreeOf(place);
        if (worktree.IsLate)
            return null; // A turn has waited for it already.

        var running = InTurnAsync(worktree, work);
        try
        {
            var done = await running.WaitAsync(limit, time);
            worktree.IsTold = false;
            return done;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            if (e is TimeoutException)
                worktree.Late = running;
            if (!worktree.IsTold)
                LogWithout(logger, place.Root, e is TimeoutException ? "git takes too long" : e.Message);
            worktree.IsTold = true;
            return null;
        }
    }

    private static async Task<T> InTurnAsync<T>(Worktree worktree, Func<ShadowRepository, Task<T>> work)
    {
        await worktree.Turn.WaitAsync();
        try
        {
            return await work(worktree.Repository);
        }
        finally
        {
            if (worktree.Uses++ % Worktree.CleanedEvery == Worktree.CleanedEvery - 1)
                _ = CleanAsync(worktree);
            else
                worktree.Turn.Release();
        }
    }

    private static async Task CleanAsync(Worktree worktree)
    {
        try
        {
            await worktree.Repository.CleanAsync();
        }
        catch (SnapshotException)
        {
            // Git reports it again the next time, and takes more room until then.
        }
        finally
        {
            worktree.Turn.Release();
        }
    }

    private bool IsWanted(string directory)
    {
        try
        {
            return configs.For(directory).Values.Snapshot;
        }
        catch (ConfigException)
        {
            return configs.Server.Snapshot;
        }
    }

    private Worktree WorktreeOf(SnapshotPlace place) => _worktrees.GetOrAdd(place.Root, root => new Worktree(
        new ShadowRepository(Path.Combine(dataFolder, "snapshots", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(root)).AsSpan(0, 16))), root, dataFolder, store, written, git)));

    [LoggerMessage(EventId = 5060, Level = LogLevel.Warning, Message = "No snapshots of the files of {Root} are taken, so undo does not set them back: {Reason}")]
    private static partial void LogWithout(ILogger logger, string root, string reason);

    [LoggerMessage(EventId = 5061, Level = LogLevel.Warning, Message = "The files of {Root} could not all be set back; the messages are undone.")]
    private static partial void LogNotSet(ILogger logger, Exception cause, string root);

    private sealed class Worktree(ShadowRepository repository)
    {
        public const int CleanedEvery = 50;

        public ShadowRepository Repository => repository;

        public SemaphoreSlim Turn { get; } = new(1);

        public int Uses { get; set; }

        /// <summary>Gets a value indicating whether a turn stopped waiting for work that is still under way.</summary>
        public bool IsLate => Late is { IsCompleted: false };

        /// <summary>Gets or sets the work that a step gave up waiting for.</summary>
        public Task? Late { get; set; }

        /// <summary>Gets or sets a value indicating whether the missing snapshots were logged.</summary>
        public bool IsTold { get; set; }
    }
}
