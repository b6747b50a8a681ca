using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Journal.Commits;
using OpenCode.Actors.Journal.Disks;
using OpenCode.Actors.Journal.Bodies;
using OpenCode.Actors.Journal.State;
using OpenCode.Actors.Journal.Tail;

namespace OpenCode.Actors.Journal.Files;

/// <summary>The journal of a single node, in one data folder: a log of checksummed frames, and a snapshot for each owner that needs one (RULES B).</summary>
public sealed partial class FileJournal : IJournal
{
    private const int LeastSegmentBytes = 4096;
    private const int MostSegmentBytes = 1024 * 1024 * 1024;

    private readonly IDisk _disk;
    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<ulong> _entropy;
    private readonly JournalMetrics? _metrics;
    private readonly ILogger _logger;
    private readonly LogFiles _files = new();
    private readonly StateIndex _index;
    private readonly StateReader _state;
    private readonly RecentBatches _recent;
    private readonly EntryDecoder _decoder = new();
    private readonly CommitQueue<CommitGroup> _queue;
    private readonly HeadWaiters _waiters;
    private readonly Turn _asideTurn;
    private readonly IDisposable _hold;
    private TimelineFile? _timeline;
    private bool _disposed;

    private FileJournal(
        IDisk disk, IDisposable hold, JournalOptions options, TimeProvider time, Func<ulong> entropy, ILogger<FileJournal>? logger, JournalMetrics? metrics)
    {
        (_disk, _hold, _options, _time, _entropy) = (disk, hold, options, time, entropy);
        _logger = logger ?? NullLogger<FileJournal>.Instance;
        _metrics = metrics;
        _asideTurn = new(disk.RunsInline);
        _index = new(options.HoldKinds);
        _recent = new(options.RecentBytes);
        _queue = new(disk.RunsInline);
        _waiters = new(() => _files.Head, disk.RunsInline);
        _commitAll = () => _ = CommitAllAsync();
        _state = new(disk, _index);
    }

    /// <inheritdoc/>
    public Timeline Timeline => _timeline!.Timeline;

    /// <inheritdoc/>
    public long Head => _files.Head;

    /// <inheritdoc/>
    public long Floor => _files.Floor;

    /// <inheritdoc/>
    public Task<JournalFailedException> Died => _died.Task;

    /// <summary>Opens the journal of a folder, or makes a new one, and begins a new generation.</summary>
    /// <param name="disk">The folder: <see cref="Doors.FileDisk"/>, or <see cref="MemoryDisk"/> in tests.</param>
    /// <param name="options">Sizes and times.</param>
    /// <param name="time">The clock for the time of entries, and for retention.</param>
    /// <param name="entropy">Gives random numbers: the id of a new timeline, salts of checksums.</param>
    /// <param name="logger">Logs what recovery cut, retention and failures.</param>
    /// <param name="metrics">Receives commit counts and latencies; null disables metrics.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The journal, recovered.</returns>
    /// <exception cref="JournalLockedException">Another process has the folder.</exception>
    /// <exception cref="JournalCorruptException">What was safely on disk is damaged.</exception>
    /// <exception cref="JournalVersionException">A newer program wrote the folder.</exception>
    public static async Task<FileJournal> OpenAsync(
        IDisk disk,
        JournalOptions options,
        TimeProvider time,
        Func<ulong> entropy,
        ILogger<FileJournal>? logger = null,
        JournalMetrics? metrics = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(disk);
        ArgumentNullException.ThrowIfNull(options);
        if (options.SegmentBytes is < LeastSegmentBytes or > MostSegmentBytes)
            throw new ArgumentException($"{nameof(options.SegmentBytes)} is {options.SegmentBytes}: give {LeastSegmentBytes} to {MostSegmentBytes}.", nameof(options));

        var journal = new FileJournal(disk, disk.Lock(), options, time, entropy, logger, metrics);
        try
        {
            await journal.OnDiskAsync(disk.Run, () => journal.RecoverAsync(cancellationToken)).ConfigureAwait(false);
            return journal;
        }
        catch
        {
            journal._files.DisposeFiles();
            journal._hold.Dispose();
            throw;
        }
    }

    /// <summary>Commits what was taken, syncs it, and releases the folder.</summary>
    /// <returns>A task that ends when it is done; it does not fail.</returns>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;

        _disposed = true;
        var closed = new ObjectDisposedException(nameof(FileJournal), "The journal is closed.");
        _queue.Refuse(closed);
        await _queue.WhenIdleAsync().ConfigureAwait(false);
        await _asideTurn.TakeAsync().ConfigureAwait(false);
        try
        {
            await OnDiskAsync(_disk.Run, CloseLogAsync).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            // Nothing that was answered as durable waits for this: the next start cuts what is lost.
            LogCloseFailed(_logger, e);
        }

        _waiters.Fail(closed);
        _files.DisposeFiles();
        _hold.Dispose();
    }

    /// <summary>Runs work where the disk may block; the caller continues elsewhere.</summary>
    private Task OnDiskAsync(Action<Action> lane, Func<ValueTask> work)
    {
        var done = new TaskCompletionSource(_disk.RunsInline ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        lane(() => _ = RunAsync());
        return done.Task;

        async Task RunAsync()
        {
            try
            {
                await work().ConfigureAwait(false);
                done.SetResult();
            }
#pragma warning disable CA1031 // Any failure goes to the caller that waits for the work.
            catch (Exception e)
#pragma warning restore CA1031
            {
                done.SetException(e);
            }
        }
    }
}
