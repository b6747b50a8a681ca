using OpenCode.Actors.EndToEnd.Crashes;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sqlite.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Sqlite;

/// <summary>Rule "Power cuts lose nothing durable": the power fails at any moment, and any part of what was not synced yet is lost.</summary>
public sealed class PowerCutTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int CutsOfALife = 3;
    private const int Lookback = 300;

    private readonly Acknowledged _record = new();
    private readonly List<SseFrame> _shown = [];
    private int _lost;
    private int _garbled;
    private int _gaps;

    [SkippableFact]
    public async Task A_power_cut_at_any_moment_loses_nothing_acknowledged_as_durable_and_every_other_loss_is_told()
    {
        Needs.Gcc();
        var random = Randomness();
        var cuts = Scale.Of(6, 200);
        using var disk = HubDisk.Make(Folder);
        for (var cut = 0; cut < cuts;)
        {
            var server = await StartAsync(Setup with { Within = disk.Within });
            await using var stream = await server.ListenAsync(lastEventId: _shown.LastOrDefault(f => f.Id is not null)?.Id);
            await stream.WaitForTypeAsync("server.connected");
            var clients = Enumerable.Range(0, 4).Select(_ => _record.WorkAsync(server.Root, random.Next())).ToList();
            for (var life = 0; life < CutsOfALife && cut < cuts; life++, cut++)
            {
                var enough = _record.Count + random.Next(1, 60);
                await Eventually.TrueAsync(() => _record.Count >= enough, "work to be acknowledged", TimeSpan.FromSeconds(60));
                var unsynced = await FreezeInMidWriteAsync(server, disk);
                using var copy = new TempFolder();
                Cut(unsynced, copy, random);
                await CheckAsync(copy, _record.Copy(), [.. _shown, .. stream.Frames]);
                server.Signal(Unix.Continue);
            }

            await server.KillAsync();
            await Eventually.EndsAsync(Task.WhenAll(clients), "the clients of the killed server");
            await Eventually.EndsAsync(stream.Ended, "the stream of the killed server");
            _shown.AddRange(stream.Frames);
            await server.DisposeAsync();
        }

        EventRecord.AssertDense(_shown);
        Output.WriteLine($"{cuts} power cuts, {_record.Count} acknowledged changes, {_garbled} writes lost or garbled; {_lost} cuts lost events that were shown, and {_gaps} streams were told.");
        Assert.True(_garbled > 0, "No unsynced write was ever lost or garbled: these were no power cuts.");
    }

    // With all synced a power cut is a kill: another moment, then.
    private static async Task<IReadOnlyList<HubWrite>> FreezeInMidWriteAsync(ServerProcess server, HubDisk disk)
    {
        IReadOnlyList<HubWrite> unsynced = [];
        await Eventually.TrueAsync(
            async () =>
            {
                await Unix.FreezeAsync(server.Id);
                unsynced = disk.Unsynced();
                if (unsynced.Count == 0)
                    server.Signal(Unix.Continue);
                return unsynced.Count > 0;
            },
            "a moment at which a write is not synced: does the shim see the writes?");
        return unsynced;
    }

    // Each write that is not synced is kept, garbled, or was never made; or the log ends where one begins.
    private void Cut(IReadOnlyList<HubWrite> unsynced, TempFolder copy, Random random)
    {
        var folder = copy.Sub("data");
        var how = random.Next(_garbled == 0 ? 3 : 4);
        foreach (var isLog in (bool[])[false, true])
        {
            var (from, to) = isLog ? (Hub.Log(Setup.DataFolder), Hub.Log(folder)) : (Hub.File(Setup.DataFolder), Hub.File(folder));
            if (!File.Exists(from))
                continue;

            File.Copy(from, to);
            using var file = new FileStream(to, FileMode.Open, FileAccess.Write);
            foreach (var write in unsynced.Where(write => write.IsLog == isLog && write.Offset < file.Length))
            {
                if (how == 3 || (how == 2 && random.Next(2) == 0))
                    continue;

                var bytes = new byte[Math.Min(write.Length, file.Length - write.Offset)];
                if (random.Next(2) == 0)
                    random.NextBytes(bytes);
                file.Position = write.Offset;
                file.Write(bytes);
                _garbled++;
            }

            // What follows in the file is of before the log began anew: nothing of it counts.
            if (isLog && how is 1 or 2 && unsynced.Where(static write => write.IsLog).ToArray() is [_, ..] writes)
                file.SetLength(Math.Min(file.Length, writes[random.Next(writes.Length)].Offset + random.Next(2) * 24));
        }
    }

    private async Task CheckAsync(TempFolder copy, Acknowledged promised, IReadOnlyList<SseFrame> shown)
    {
        var server = await StartAsync(Setup with { DataFolder = copy.Sub("data") });
        await promised.CheckAsync(server.Api);
        var head = Hub.HeadFound(server.Setup.DataFolder);
        await CheckLastCursorAsync(server, shown, head);
        await CheckHistoryAsync(server, shown, head);
        await server.KillAsync();
        await Hub.AssertWholeAsync(server.Setup.DataFolder);
        await server.DisposeAsync();
    }

    // Rule "Good cursor": only a client that has seen more than is left gets a gap.
    private async Task CheckLastCursorAsync(ServerProcess server, IReadOnlyList<SseFrame> shown, long head)
    {
        if (shown.LastOrDefault(static f => f.Id is not null) is not { } last)
            return;

        await using var stream = await server.ListenAsync(lastEventId: last.Id);
        await stream.WaitForTypeAsync("server.connected");
        var isLost = last.Offset > head;
        Assert.True(stream.Frames.Any(static f => f.Type == "hub.gap") == isLost, $"The cursor {last.Id} on a log that was found with head {head}: {string.Join(" | ", stream.Frames.Take(5))}");
        _lost += isLost ? 1 : 0;
        _gaps += isLost ? 1 : 0;
    }

    // What is there is what was shown.
    private static async Task CheckHistoryAsync(ServerProcess server, IReadOnlyList<SseFrame> shown, long head)
    {
        var kept = shown.Where(f => !f.IsOfTheStream && f.Offset <= head).TakeLast(Lookback).ToList();
        if (kept.Count < 2)
            return;

        await using var stream = await server.ListenAsync(lastEventId: kept[0].Id);
        await stream.WaitForAsync(f => !f.IsOfTheStream && f.Offset >= kept[^1].Offset, "what was shown before");
        Assert.DoesNotContain(stream.Frames, static f => f.Type == "hub.gap");
        var known = kept.ToDictionary(static f => f.Offset, static f => f.EventId);
        foreach (var frame in stream.Events.Where(f => f.Offset <= head && known.ContainsKey(f.Offset) && f.Id!.Count(static c => c == '.') == 1))
            Assert.Equal((frame.Offset, known[frame.Offset]), (frame.Offset, frame.EventId));
    }
}
