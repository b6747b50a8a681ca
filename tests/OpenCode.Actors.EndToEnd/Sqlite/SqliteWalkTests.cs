using System.Diagnostics;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sqlite.Harness;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Storage.Sqlite;
using OpenCode.Actors.Tests.Specifications;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Sqlite;

/// <summary>The walks of the engine on real files. A kill is a copy of them, made while the process is in the middle of its work; power cuts have a test of their own.</summary>
public sealed class SqliteWalkTests(ITestOutputHelper output) : JournalWalkSpecification(output)
{
    protected override int Walks => Scale.Of(12, 200);

    private protected override IWalkedStore MakeStore(int seed) => new Walked();

    private sealed class Walked : IWalkedStore
    {
        private readonly ManualTime _time = new();
        private TempFolder _folder = new();

        public IReadOnlyList<WalkEnd> Ends => [WalkEnd.Closed, WalkEnd.Killed];

        public async Task<IJournal> OpenAsync(JournalOptions options) =>
            await SqliteJournal.OpenAsync(_folder.Path, options, _time, () => (ulong)Random.Shared.NextInt64());

        public void Hold()
        {
        }

        public void Release()
        {
        }

        public void Advance(TimeSpan time) => _time.Advance(time);

        public async Task EndAsync(IJournal journal, WalkEnd how)
        {
            if (how == WalkEnd.Closed)
            {
                await journal.DisposeAsync();
                return;
            }

            var copy = new TempFolder();
            await CopyAsync(copy);
            await journal.DisposeAsync();
            _folder.Dispose();
            _folder = copy;
        }

        public ValueTask DisposeAsync()
        {
            _folder.Dispose();
            return ValueTask.CompletedTask;
        }

        // Nothing is appended meanwhile; by another process, since one that opens and closes the files loses its locks on them (rule "Only SQLite opens the file").
        private async Task CopyAsync(TempFolder copy)
        {
            using var other = Hub.Open(_folder.Path);
            other.Run("PRAGMA busy_timeout = 10000");
            other.Run("BEGIN IMMEDIATE");
            using var process = Process.Start("cp", [Hub.Log(_folder.Path), Hub.File(_folder.Path), copy.Path]);
            await process.WaitForExitAsync();
            Assert.Equal(0, process.ExitCode);
            other.Run("ROLLBACK");
        }
    }
}
