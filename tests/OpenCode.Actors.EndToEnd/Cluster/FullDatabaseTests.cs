using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using OpenCode.Actors.EndToEnd.Cluster.Faults;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sequences;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster;

/// <summary>A database whose disk is really full refuses what it cannot keep, and everything goes on when there is room again.</summary>
[Collection(HeavyTests.Name)]
public sealed class FullDatabaseTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int Sessions = 6;
    private const int NoteLength = 20_000;

    private const string Members = "SELECT string_agg(concat_ws(' ', name, uid, status), ', ' ORDER BY name) FROM opencode_actors.node WHERE status <> 'dead'";

    // Longer than it takes to declare a node dead.
    private static readonly TimeSpan _full = TimeSpan.FromSeconds(Scale.Of(5, 8));

    // Where nothing else runs, within a second.
    private static readonly TimeSpan _refusedWithin = Scale.Bound(2);

    // Of each session, what was said yes to.
    private readonly ConcurrentDictionary<string, ConcurrentBag<string>> _notes = new();
    private readonly ConcurrentDictionary<string, HttpStatusCode> _last = new();
    private readonly ConcurrentDictionary<HttpStatusCode, int> _answers = new();
    private readonly ConcurrentBag<string> _wrong = [];
    private readonly List<SseClient> _streams = [];
    private readonly List<Task> _writing = [];
    private readonly CancellationTokenSource _stop = new();
    private object? _members;
    private string _turn = "";

    [SkippableFact]
    public async Task A_full_disk_below_the_tables_refuses_what_is_written_and_nothing_else()
    {
        await using var disk = await DiskAsync(megabytes: 96);
        await using var cluster = await StartAsync(new PostgresDisks(disk.Enter, Data: disk.Path));

        await FillAsync(cluster, disk, async node => await node.Api.MessagesAsync(_notes.Keys.First()));
        Assert.InRange(_answers[HttpStatusCode.InsufficientStorage], Sessions, int.MaxValue);

        disk.Free();
        await GoOnAsync(cluster);
    }

    [SkippableFact]
    public async Task A_full_disk_below_the_write_ahead_log_which_ends_the_server_is_a_database_that_is_away()
    {
        await using var disk = await DiskAsync(megabytes: 24);
        await using var cluster = await StartAsync(new PostgresDisks(disk.Enter, Wal: disk.Path));

        await FillAsync(cluster, disk, static _ => Task.CompletedTask);
        Assert.Contains("PANIC", cluster.Database.Log, StringComparison.Ordinal);
        Assert.InRange(_answers[HttpStatusCode.ServiceUnavailable], Sessions, int.MaxValue);

        disk.Free();
        await Eventually.TrueAsync(() => cluster.Database.HasExited, "the server to end, which finds no room to recover in");
        await cluster.Database.StartAgainAsync();
        await GoOnAsync(cluster);
    }

    private static Task<SmallDisk> DiskAsync(int megabytes)
    {
        Needs.Postgres();
        return SmallDisk.MakeAsync(megabytes);
    }

    // Two nodes, a stream on each, a running turn, and a writer to each session, through either node.
    private async Task<FaultyCluster> StartAsync(PostgresDisks disks)
    {
        var cluster = await FaultyCluster.StartAsync(Folder, 2, heartbeatMs: 1_000, database: await PostgresServer.StartAsync(disks));
        _members = await cluster.Database.ExecuteAsync(Members);
        foreach (var node in cluster.Nodes)
            _streams.Add(Own(await node.Process.ListenAsync()));

        for (var i = 0; i < Sessions; i++)
        {
            var session = await cluster.Nodes[i % 2].Process.Api.CreateSessionAsync();
            var through = cluster.Nodes[i / 2 % 2].Process;
            _writing.Add(Task.Run(() => WriteAsync(through, session)));
        }

        await Eventually.TrueAsync(() => _notes.Count == Sessions, "a note in each session");
        _turn = await cluster.Nodes[0].Process.Api.CreateSessionAsync();
        await cluster.Nodes[1].Process.Api.PromptAsync(_turn, "slow: 120");
        await _streams[1].WaitForTypeAsync("message.part.delta", _turn);
        return cluster;
    }

    private async Task FillAsync(FaultyCluster cluster, SmallDisk disk, Func<ServerProcess, Task> readAsync)
    {
        disk.Fill();
        var clock = Stopwatch.StartNew();
        await Eventually.TrueAsync(() => _last.Values.All(static status => status != HttpStatusCode.OK), "no room for anything");
        Output.WriteLine($"Nothing was taken any more {clock.ElapsedMilliseconds} ms after the disk was full.");
        _answers.Clear();
        var from = _streams.ConvertAll(static stream => stream.Frames.Count);
        for (clock.Restart(); clock.Elapsed < _full; await Task.Delay(200))
        {
            foreach (var node in cluster.Nodes)
            {
                await node.Process.Api.GetAsync("/health/live");
                await readAsync(node.Process);
            }
        }

        Output.WriteLine($"While it was full: {string.Join(", ", _answers.OrderBy(static a => a.Key).Select(static a => $"{a.Value} times {(int)a.Key}"))}.");
        foreach (var (stream, n) in _streams.Select(static (stream, n) => (stream, n)))
        {
            Assert.False(stream.Ended.IsCompleted, $"The stream of node {n + 1} has ended.");
            await Eventually.TrueAsync(() => stream.Frames.Skip(from[n]).Count(static frame => frame.Type == "server.heartbeat") >= 4, $"heartbeats of node {n + 1}");
        }
    }

    private async Task GoOnAsync(FaultyCluster cluster)
    {
        var clock = Stopwatch.StartNew();
        _last.Clear();
        await Eventually.TrueAsync(() => _last.Count == Sessions && _last.Values.All(static status => status == HttpStatusCode.OK), "all sessions to be written to again");
        Output.WriteLine($"Every session was written to {clock.ElapsedMilliseconds} ms after there was room.");
        await _stop.CancelAsync();
        await Task.WhenAll(_writing);
        Assert.Empty(_wrong);

        var nodes = cluster.Nodes.Select(static node => node.Process).ToList();
        foreach (var (session, notes) in _notes)
        {
            foreach (var node in nodes)
            {
                var there = (await node.Api.MessagesAsync(session)).SelectMany(static m => m.GetProperty("parts").EnumerateArray()).Select(static p => p.Text("text")).ToList();
                Assert.All(notes, note => Assert.Single(there, note));
            }
        }

        foreach (var stream in _streams)
        {
            await stream.WaitForTypeAsync("session.idle", _turn);
            EventRecord.AssertDense(stream.Frames);
            EventFold.Of(stream.Events, _turn).AssertIs(await nodes[0].Api.MessagesAsync(_turn));
            Assert.False(stream.Ended.IsCompleted);
        }

        Assert.Equal(_members, await cluster.Database.ExecuteAsync(Members));
    }

    // Notes of some size, one after the other, each under a name of its own until it is taken.
    private async Task WriteAsync(ServerProcess node, string session)
    {
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            var (text, name) = ($"note {i} of {session} {new string('.', NoteLength)}", Guid.NewGuid().ToString("N"));
            while (!_stop.IsCancellationRequested && !await IsTakenAsync(node, session, text, name))
                await Task.Delay(100);
            await Task.Delay(20);
        }
    }

    private async Task<bool> IsTakenAsync(ServerProcess node, string session, string text, string name)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/session/{session}/message");
        request.Content = JsonContent.Create(new { noReply = true, parts = new[] { new { type = "text", text } } });
        request.Headers.Add("Idempotency-Key", name);
        var clock = Stopwatch.StartNew();
        using var answer = await node.Api.SendAsync(request);
        var said = await answer.Content.ReadAsStringAsync();
        if (answer.StatusCode == HttpStatusCode.OK)
            _notes.GetOrAdd(session, static _ => []).Add(text);
        else if (!IsClear(answer, said) || clock.Elapsed > _refusedWithin)
            _wrong.Add($"{(int)answer.StatusCode} after {clock.ElapsedMilliseconds} ms: {said}");

        _answers.AddOrUpdate(answer.StatusCode, 1, static (_, count) => count + 1);
        _last[session] = answer.StatusCode;
        return answer.StatusCode == HttpStatusCode.OK;
    }

    private static bool IsClear(HttpResponseMessage answer, string said) => answer.StatusCode switch
    {
        HttpStatusCode.InsufficientStorage => said.Contains("disk of the database is full", StringComparison.Ordinal),
        HttpStatusCode.ServiceUnavailable => answer.Headers.RetryAfter is not null && said.Contains("database", StringComparison.Ordinal),
        _ => false,
    };
}
