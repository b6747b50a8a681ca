using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Disks;
using OpenCode.Actors.Journal.Files;
using OpenCode.Actors.Tests.TestKit;
using OpenCode.Actors.Tests.Specifications;

namespace OpenCode.Actors.Tests.Journal;

/// <summary>The power goes, or the process is killed, at a random operation of the disk, again and again on the same folder.</summary>
public sealed class CrashTests
{
    private const int LivesPerSeed = 6;

    [Theory]
    [InlineData(1, 300)]
    [InlineData(2, 300)]
    [InlineData(3, 300)]
    [InlineData(4, 300)]
    public async Task B1_B2_B3_A3_nothing_acknowledged_is_lost_and_nothing_dropped_comes_back(int run, int seeds)
    {
        for (var i = 0; i < seeds; i++)
        {
            var seed = ((ulong)run << 32) + (ulong)i;
            try
            {
                await new Life(seed).LiveAsync();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
        }
    }

    private sealed class Life(ulong seed)
    {
        private readonly SeededEntropy _entropy = new(seed);
        private readonly MemoryDisk _disk = new(seed);
        private readonly VirtualTime _time = new();
        private readonly JournalModel _model = new();
        private readonly JournalOptions _options = new() { SegmentBytes = 6_000, RetainBytes = 40_000, RetainMs = 60_000, RecentBytes = 4_000 };
        private int _eventNumber;
        private bool _powerGoes;

        public async Task LiveAsync()
        {
            if (_entropy.Next(2) == 0)
                _options.HoldKinds.Add("open");

            for (var life = 0; life < LivesPerSeed; life++)
            {
                _powerGoes = _entropy.Next(3) != 0;
                var journal = await OpenAsync(interrupted: _entropy.Next(3) == 0);
                if (_powerGoes)
                    _disk.OperationsUntilCrash = _entropy.Next(120);

                await WorkAsync(journal, _entropy.Next(80));
                if (_powerGoes && _disk.OperationsUntilCrash is not null)
                    _disk.Crash();
                else
                    _disk.Kill();

                _disk.OperationsUntilCrash = null;
                await using var recovered = await OpenAsync(interrupted: false);
                await _model.CheckAsync(recovered, _powerGoes);
            }
        }

        private async Task<FileJournal> OpenAsync(bool interrupted)
        {
            while (true)
            {
                _disk.OperationsUntilCrash = interrupted ? _entropy.Next(10) : null;
                interrupted = false;
                try
                {
                    var journal = await FileJournal.OpenAsync(_disk, _options, _time, _entropy.NextUInt64);
                    _disk.OperationsUntilCrash = null;
                    return journal;
                }
                catch (IOException)
                {
                    // The power went while starting; what was there before has to be there still.
                }
            }
        }

        private async Task WorkAsync(FileJournal journal, int steps)
        {
            try
            {
                for (var i = 0; i < steps; i++)
                {
                    switch (_entropy.Next(12))
                    {
                        case 0:
                            await journal.CompactAsync(StateModel.Owners[_entropy.Next(StateModel.Owners.Length)], default);
                            break;
                        case 1:
                            _time.Advance(TimeSpan.FromSeconds(_entropy.Next(30)));
                            break;
                        default:
                            await AppendAsync(journal);
                            break;
                    }
                }
            }
            catch (Exception e) when (e is JournalFailedException or IOException)
            {
                // The power went.
            }
        }

        // One batch, or some that wait behind a slow sync and are committed together.
        private async Task AppendAsync(FileJournal journal)
        {
            var together = _entropy.Next(6) == 0 ? _entropy.Next(8) : 0;
            var appends = new List<Task>();
            if (together > 0)
                _disk.HoldSyncs();
            for (var i = 0; i <= together; i++)
                appends.Add(AppendBatchAsync(journal));

            _disk.ReleaseSyncs();
            await Task.WhenAll(appends);
            if (_entropy.Next(8) == 0 && (!_powerGoes || _disk.OperationsUntilCrash is not null))
                await _model.CheckStateAsync(journal);
        }

        private async Task AppendBatchAsync(FileJournal journal)
        {
            var durable = _entropy.Next(3) == 0;
            var entries = Enumerable.Range(0, _entropy.Next(4))
                .Select(_ => Make.Entry($"{_eventNumber++}", 2 + _entropy.Next(_entropy.Next(10) == 0 ? 4_000 : 200), durable && _entropy.Next(2) == 0))
                .ToArray();
            var batch = new JournalBatch(entries, [.. Enumerable.Range(0, _entropy.Next(5)).Select(_ => Change())]);

            var number = _model.Told(batch);
            var offset = await journal.AppendAsync(batch, default);
            _model.Answered(number, journal.Timeline.Current, offset);
        }

        private StateChange Change()
        {
            var (kind, owner, key) = (_entropy.Next(8) == 0 ? "open" : "part", StateModel.Owners[_entropy.Next(StateModel.Owners.Length)], $"{_entropy.Next(14)}");
            return _entropy.Next(3) == 0 ? Make.Delete(kind, owner, key) : Make.Put(kind, owner, key, $"\"{new string('s', _entropy.Next(100))}{_eventNumber}\"");
        }
    }
}
