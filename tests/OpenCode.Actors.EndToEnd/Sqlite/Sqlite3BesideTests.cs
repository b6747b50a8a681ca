using System.Diagnostics;
using System.Text.Json;
using OpenCode.Actors.EndToEnd.Crashes;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sqlite.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Sqlite;

/// <summary>Rule "Only SQLite opens the file", and what docs/operations.md promises about other programs at the file of a running server.</summary>
public sealed class Sqlite3BesideTests(ITestOutputHelper output) : ServerTest(output)
{
    [SkippableFact]
    public async Task Sqlite3_that_comes_and_goes_beside_a_loaded_server_loses_nothing()
    {
        Needs.Sqlite3();
        var random = Randomness();
        var times = Scale.Of(50, 1000);
        var (record, server) = (new Acknowledged(), await StartAsync());
        var file = Hub.File(Setup.DataFolder);
        var clients = Enumerable.Range(0, 4).Select(_ => record.WorkAsync(server.Root, random.Next())).ToList();
        var clock = Stopwatch.StartNew();
        var time = 0;

        // Also for some seconds: what the server does with the file once a second has to come between.
        for (; time < times || clock.Elapsed < TimeSpan.FromSeconds(4); time++)
            await Hub.Sqlite3Async(file, Question(time));

        Assert.False(server.HasExited, server.Log);
        await server.KillAsync();
        await Eventually.EndsAsync(Task.WhenAll(clients), "the clients of the killed server");
        Output.WriteLine($"sqlite3 came {time} times, beside {record.Count} acknowledged changes.");
        await Hub.AssertWholeAsync(Setup.DataFolder);
        var restarted = await StartAsync();
        await record.CheckAsync(restarted.Api);
    }

    [SkippableFact]
    public async Task The_documented_views_say_what_the_server_says()
    {
        Needs.Sqlite3();
        var server = await StartAsync();
        await using var stream = await server.ListenAsync();
        await stream.WaitForTypeAsync("server.connected");
        var sessions = new List<string>();
        for (var n = 0; n < 3; n++)
        {
            sessions.Add(await server.Api.CreateSessionAsync(new { title = $"Ünïcode \"{n}\" 'quoted' {new string('\u4e16', 40 * n * n)}" }));
            await server.Api.AskAsync(sessions[n], $"hello {n} {new string('x', 9_000 * n)}");
        }

        await server.Api.PublishToastAsync("the last");
        var last = await stream.WaitForTypeAsync("tui.toast.show");
        var file = Hub.File(Setup.DataFolder);

        foreach (var session in sessions)
        {
            var row = await JsonAsync(file, $"SELECT json FROM state_json WHERE kind = 'session' AND owner = '{session}'");
            AssertSame(await server.Api.GetAsync($"/session/{session}"), row);
            var messages = await Hub.Sqlite3Async(file, $"SELECT json FROM state_json WHERE kind = 'message' AND owner = '{session}' ORDER BY key");
            Assert.Equal(
                (await server.Api.MessagesAsync(session)).Select(static m => m.Text("info", "id")), messages.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static m => JsonDocument.Parse(m).RootElement.Text("id")));
        }

        var rows = await JsonAsync(file, "SELECT json_group_array(json_object('offset', \"offset\", 'id', id, 'type', type, 'session', session, 'time', time, 'properties', json(properties))) FROM (SELECT * FROM last_event ORDER BY \"offset\")");
        var events = rows.EnumerateArray().ToList();
        var shown = stream.Events.ToDictionary(static f => f.Offset);
        Assert.Equal(last.Offset, events[^1].GetProperty("offset").GetInt64());
        Assert.True(events.Count > 30, $"{events.Count} events");
        foreach (var row in events.Where(r => shown.ContainsKey(r.GetProperty("offset").GetInt64())))
        {
            var frame = shown[row.GetProperty("offset").GetInt64()];
            Assert.Equal((frame.EventId, frame.Type, frame.Session ?? row.Text("session")), (row.Text("id"), row.Text("type"), row.Text("session")));
            Assert.InRange(DateTimeOffset.Parse(row.Text("time")!, System.Globalization.CultureInfo.InvariantCulture), DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow);
            AssertSame(frame.Properties, row.GetProperty("properties"));
        }
    }

    [SkippableFact]
    public async Task A_copy_made_under_load_is_whole_and_after_its_restore_cursors_are_good_or_told()
    {
        Needs.Sqlite3();
        var random = Randomness();
        var (record, server) = (new Acknowledged(), await StartAsync());
        await using var stream = await server.ListenAsync();
        await stream.WaitForTypeAsync("server.connected");
        var clients = Enumerable.Range(0, 4).Select(_ => record.WorkAsync(server.Root, random.Next())).ToList();
        await Eventually.TrueAsync(() => record.Count > 100, "work");
        using var restored = new TempFolder();
        var copy = Path.Combine(restored.Sub("data"), "hub.db");
        await Hub.Sqlite3Async(Hub.File(Setup.DataFolder), $"VACUUM INTO '{copy}'");
        await Eventually.TrueAsync(() => record.Count > 200, "work after the copy");
        await server.KillAsync();
        await Eventually.EndsAsync(Task.WhenAll(clients), "the clients");
        await Hub.AssertWholeAsync(restored.Sub("data"));

        // A later life of the server, which the copy knows nothing of.
        var later = await RestartAsync(server);
        await using var laterStream = await later.ListenAsync();
        await later.Api.PublishToastAsync("of the later life");
        var ofLater = await laterStream.WaitForTypeAsync("tui.toast.show");
        await later.KillAsync();

        var again = await StartAsync(Setup with { DataFolder = restored.Sub("data") });
        var head = Hub.HeadFound(again.Setup.DataFolder);
        var shown = stream.Events;
        var (kept, lost) = (shown.Last(f => f.Offset <= head), shown.First(f => f.Offset > head));
        Assert.Equal(lost.Offset, kept.Offset + 1);
        await AssertGapAsync(again, kept.Id!, isTold: false);
        await AssertGapAsync(again, shown[0].Id!, isTold: false);
        await AssertGapAsync(again, lost.Id!, isTold: true);
        await AssertGapAsync(again, shown[^1].Id!, isTold: true);
        await AssertGapAsync(again, ofLater.Id!, isTold: true);
        Assert.NotEmpty((await again.Api.GetAsync("/session")).EnumerateArray());
        Output.WriteLine($"The copy has {head} of {shown[^1].Offset} events.");
    }

    private static string Question(int time) => (time % 4) switch
    {
        0 => "SELECT count(*) FROM log_batch",
        1 => "BEGIN; SELECT count(*) FROM state; SELECT max(first) FROM log_batch; COMMIT",
        2 => "SELECT count(*) FROM last_event",
        _ => "PRAGMA wal_checkpoint(PASSIVE)",
    };

    private static async Task AssertGapAsync(ServerProcess server, string cursor, bool isTold)
    {
        await using var stream = await server.ListenAsync(lastEventId: cursor);
        await stream.WaitForTypeAsync("server.connected");
        Assert.True(stream.Frames.Any(static f => f.Type == "hub.gap") == isTold, $"{cursor}: {string.Join(" | ", stream.Frames.Take(3))}");
    }

    private static async Task<JsonElement> JsonAsync(string file, string sql) => JsonDocument.Parse(await Hub.Sqlite3Async(file, sql)).RootElement;

    private static void AssertSame(JsonElement expected, JsonElement actual) => Assert.True(JsonElement.DeepEquals(expected, actual), $"Expected: {expected}\nFound: {actual}");
}
