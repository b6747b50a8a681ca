using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sqlite.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Sqlite;

/// <summary>Rule "The store says what is wrong": a disk that is really full: appends are refused, reads go on, and appends go on once there is room.</summary>
public sealed class FullDiskTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int ToastBytes = 60_000;

    private readonly List<string> _notes = [];
    private int _refused;

    [SkippableFact]
    public async Task A_full_disk_is_507_reads_go_on_and_so_do_appends_when_there_is_room()
    {
        await using var disk = await SmallDisk.MakeAsync(megabytes: 64);
        var server = await StartAsync(On(disk));
        var session = await server.Api.CreateSessionAsync();
        await using var stream = await server.ListenAsync();
        await NoteAsync(server, session);

        disk.Fill();
        while (await NoteAsync(server, session) != HttpStatusCode.InsufficientStorage)
        {
            // What the log of the file has taken before still has room.
        }

        Assert.Equal(_notes, await TextsAsync(server, session));
        await server.Api.GetAsync("/global/health");
        Assert.False(stream.Ended.IsCompleted);
        disk.Free();
        await Eventually.TrueAsync(async () => await NoteAsync(server, session) == HttpStatusCode.OK, "a note to be taken");

        Output.WriteLine($"{_notes.Count} notes were taken, {_refused} refused.");
        Assert.Equal(_notes, await TextsAsync(server, session));
        await stream.WaitForAsync(f => f.Type == "message.part.updated" && f.Properties.Text("part", "text") == _notes[^1], "the last note on the stream");
        EventRecord.AssertDense(stream.Frames);
        await server.KillAsync();
        var restarted = await StartAsync(On(disk));
        Assert.Equal(_notes, await TextsAsync(restarted, session));
    }

    [SkippableFact]
    public async Task Retention_works_on_a_full_disk_and_makes_room_for_appends()
    {
        await using var disk = await SmallDisk.MakeAsync(megabytes: 128);
        var server = await StartAsync(On(disk));
        var session = await server.Api.CreateSessionAsync();
        await NoteAsync(server, session);
        for (var toast = 0; toast < 30 * 1024 * 1024 / ToastBytes; toast++)
            await server.Api.PublishToastAsync(new string('x', ToastBytes));

        await Eventually.TrueAsync(() => new FileInfo(Hub.Log(disk.View)).Length > 12 * 1024 * 1024, "room in the log");
        disk.Fill();
        await Eventually.TrueAsync(async () => await FloorAsync(server) > 0, "retention");
        var floor = await FloorAsync(server);

        // More than is kept, on a disk that stays full: it goes into the room of what is removed.
        for (var toast = 0; toast < Scale.Of(6, 40) * 1024 * 1024 / ToastBytes; toast++)
            await Eventually.TrueAsync(async () => await IsTakenAsync(server), $"toast {toast} to be taken");

        await Eventually.TrueAsync(async () => await FloorAsync(server) > floor, "retention of what came since");
        Assert.Equal(HttpStatusCode.OK, await NoteAsync(server, session));
        Assert.Equal(_notes, await TextsAsync(server, session));
        Output.WriteLine($"{_refused} toasts were refused meanwhile.");
    }

    [SkippableFact]
    public async Task A_start_on_a_full_disk_names_the_folder_and_what_to_do_and_check_works()
    {
        await using var disk = await SmallDisk.MakeAsync(megabytes: 64);
        var server = await StartAsync(On(disk));
        server.Signal(Unix.Terminate);
        Assert.Equal(0, await server.ExitAsync());
        disk.Fill();

        var refused = Own(ServerProcess.Spawn(On(disk)));

        Assert.Equal(3, await refused.ExitAsync());
        Assert.Contains(disk.Path, refused.Errors, StringComparison.Ordinal);
        Assert.Contains("its disk is full", refused.Errors, StringComparison.Ordinal);
        Assert.Contains("Make room", refused.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(disk.View, "holder.json")));
        var (exit, said) = await Hub.RunAsync(disk.Enter, "check", disk.Path);
        Assert.True(exit == 0, said);
    }

    private ServerSetup On(SmallDisk disk) => Setup with
    {
        Within = disk.Enter,
        Config = new JsonObject { ["server"] = new JsonObject { ["event_stream"] = new JsonObject { ["retain_bytes"] = 16 * 1024 * 1024, ["ring_bytes"] = 1024 * 1024 } } },
        DataFolder = disk.Path,
    };

    private static async Task<double> FloorAsync(ServerProcess server) =>
        (await MetricsAsync(server)).Where(static line => line.StartsWith("opencode_journal_floor", StringComparison.Ordinal)).Select(static line => double.Parse(line.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture)).FirstOrDefault();

    private static async Task<string[]> MetricsAsync(ServerProcess server)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        using var answer = await server.Api.SendAsync(request);
        return (await answer.Content.ReadAsStringAsync()).Split('\n');
    }

    private async Task<bool> IsTakenAsync(ServerProcess server)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/tui/publish")
        {
            Content = JsonContent.Create(new { type = "tui.toast.show", properties = new { message = new string('y', ToastBytes), variant = "info" } }),
        };
        using var answer = await server.Api.SendAsync(request);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.InsufficientStorage, $"{answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");
        _refused += answer.IsSuccessStatusCode ? 0 : 1;
        return answer.IsSuccessStatusCode;
    }

    private async Task<HttpStatusCode> NoteAsync(ServerProcess server, string session)
    {
        var text = $"note {_notes.Count} {new string('.', 20_000)}";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/session/{session}/message") { Content = JsonContent.Create(new { noReply = true, parts = new[] { new { type = "text", text } } }) };
        using var answer = await server.Api.SendAsync(request);
        var said = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode == HttpStatusCode.OK)
        {
            _notes.Add(text);
            return answer.StatusCode;
        }

        Assert.True(answer.StatusCode == HttpStatusCode.InsufficientStorage, $"{answer.StatusCode} {said}");
        Assert.Contains("The data folder is full", said, StringComparison.Ordinal);
        _refused++;
        return answer.StatusCode;
    }

    private static async Task<List<string>> TextsAsync(ServerProcess server, string session) =>
        [.. (await server.Api.MessagesAsync(session)).SelectMany(static m => m.GetProperty("parts").EnumerateArray()).Select(static p => p.Text("text")!)];
}
