using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal.Stores;
using OpenCode.Actors.Storage.Sqlite.Doors;
using SQLitePCL;

namespace OpenCode.Actors.Storage.Sqlite;

/// <summary>Checks the file once a boot of the machine, while the server works: a death of the process cannot damage it, an end of the machine may (rule "The store says what is wrong").</summary>
internal sealed partial class BootCheck(HubFile file, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private readonly StoreThread _thread = new("hub-check", continuesHere: false);
    private Task _checking = Task.CompletedTask;
    private volatile StoreBrokenException? _damage;
    private volatile bool _isClosing;

    /// <summary>Gets what the check found; null for nothing.</summary>
    public StoreBrokenException? Damage => _damage;

    /// <summary>Starts the check, unless the file was checked in this boot.</summary>
    /// <param name="isNew">Whether the file has nothing to be checked.</param>
    /// <param name="read">Reads the boot in which the file was checked.</param>
    /// <param name="note">Notes another one.</param>
    public void Start(bool isNew, Func<ValueTask<string?>> read, Func<string, ValueTask<string?>> note) => _checking = CheckAsync(isNew, read, note);

    public async ValueTask DisposeAsync()
    {
        _isClosing = true;
        await _checking.ConfigureAwait(false);
        await _thread.EndAsync(static () => { }).ConfigureAwait(false);
    }

    private async Task CheckAsync(bool isNew, Func<ValueTask<string?>> read, Func<string, ValueTask<string?>> note)
    {
        try
        {
            var boot = DataFolder.Boot();
            if (boot is null || boot == await read().ConfigureAwait(false))
                return;

            var started = time.GetTimestamp();
            var fault = isNew ? null : await _thread.RunAsync(QuickCheck).ConfigureAwait(false);
            if (_isClosing)
                return;

            if (fault is not null)
            {
                _damage = new($"'{file.Path}' is damaged, found after the machine was started anew: {fault}", "Restore it from a backup; 'check' tells what is wrong with it.", null);
                return;
            }

            await note(boot).ConfigureAwait(false);
            var took = time.GetElapsedTime(started);
            if (!isNew)
                LogChecked(logger, file.Path, took);
        }
#pragma warning disable CA1031 // An error of the disk is as bad as damage; and what is not awaited must not fail.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (!_isClosing && e is SqliteException fault)
                _damage = SqliteFaults.Translate(fault, file.Path) as StoreBrokenException;
            LogNotChecked(logger, file.Path, e);
        }
    }

    // On a connection of its own: it reads the whole file. A closing server does not wait for it.
    private string? QuickCheck()
    {
        using var connection = file.OpenReader();
        raw.sqlite3_progress_handler(connection.Handle, 1000, _ => _isClosing ? 1 : 0, null);
        return connection.Value("PRAGMA quick_check(1)") is string result && result != "ok" ? result : null;
    }

    [LoggerMessage(EventId = 3050, Level = LogLevel.Information, Message = "The machine was started anew since the last check: '{File}' was checked in {Took}, and is whole.")]
    private static partial void LogChecked(ILogger logger, string file, TimeSpan took);

    [LoggerMessage(EventId = 3051, Level = LogLevel.Warning, Message = "'{File}' could not be checked; it is tried again with the next start.")]
    private static partial void LogNotChecked(ILogger logger, string file, Exception cause);
}
