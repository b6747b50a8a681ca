using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Clients;

/// <summary>In a real browser: native EventSource, and what pages of other origins can do (rule "Allowed hosts", rule "Allowed origins").</summary>
[Collection(HeavyTests.Name)]
public sealed class ChromiumTests(ITestOutputHelper output) : ServerTest(output)
{
    [SkippableFact]
    public async Task Native_EventSource_of_an_allowed_page_goes_on_after_resets_at_random_moments()
    {
        Needs.Chromium();
        var random = Randomness();
        var server = await StartAsync();
        var pages = Own(await PageServer.StartAsync());
        await using var reference = await server.ListenAsync();
        await using var proxy = new TcpProxy(server.Root);
        await using var browser = new NodeClient("browser.mjs");
        await browser.AskAsync(new { open = pages.At("127.0.0.1") });
        await browser.AskAsync(new { listen = new Uri(proxy.Root, "/event") });
        var heard = new List<JsonElement>();
        await Eventually.TrueAsync(() => HearAsync(browser, heard, e => Type(e) == "server.connected"), "EventSource connected");

        using var polling = new CancellationTokenSource();
        var poll = PollAsync(browser, heard, polling.Token);
        var resets = await Train.RideAsync(server, proxy, random, () => Count(heard));
        await polling.CancelAsync();
        await poll;
        await server.Api.PublishToastAsync("the end");
        await reference.WaitForTypeAsync("tui.toast.show");
        await Eventually.TrueAsync(() => HearAsync(browser, heard, e => Type(e) == "tui.toast.show"), "the last event in the page", TimeSpan.FromSeconds(60));

        Output.WriteLine($"{resets} resets, {reference.Events.Count} events.");
        Assert.DoesNotContain(heard, e => Type(e) == "hub.gap");
        var ofTheLog = heard.Where(e => Type(e) is not ("server.connected" or "server.heartbeat")).ToList();
        EventRecord.AssertSame([.. reference.Events.Select(e => e.Id!)], [.. ofTheLog.Select(e => e.Text("id")!)], "The page");
    }

    [SkippableFact]
    public async Task A_page_of_another_origin_can_do_nothing_and_one_of_an_allowed_origin_can()
    {
        Needs.Chromium();
        var pages = Own(await PageServer.StartAsync());
        var server = await StartAsync(Setup with { Arguments = ["--cors", pages.At("friend.example").GetLeftPart(UriPartial.Authority)] });
        await using var browser = new NodeClient("browser.mjs");
        await using var stream = await server.ListenAsync();
        await stream.WaitForTypeAsync("server.connected");

        foreach (var allowed in new[] { "127.0.0.1", "localhost", "friend.example" })
        {
            Assert.Equal(200, (await browser.AskAsync(new { open = pages.At(allowed) })).GetProperty("opened").GetInt32());
            var read = await FetchAsync(browser, server, "/event");
            Assert.True(read.Text("text")?.Contains("server.connected", StringComparison.Ordinal), $"{allowed}: {read}");
            Assert.Equal(200, (await FetchAsync(browser, server, "/session", "POST")).GetProperty("status").GetInt32());
        }

        var before = (await server.Api.GetAsync("/session")).GetArrayLength();
        await browser.AskAsync(new { open = pages.At("evil.example") });
        foreach (var path in new[] { "/event", "/global/event", "/session", "/global/health" })
            Assert.True((await FetchAsync(browser, server, path)).Has("error"), path);

        // Simple requests need no preflight: the server itself must refuse them.
        Assert.True((await FetchAsync(browser, server, "/session", "POST", "no-cors")).GetProperty("status").GetInt32() == 0, "an opaque answer");
        Assert.False((await browser.AskAsync(new { image = new Uri(server.Root, "/event") })).GetProperty("loaded").GetBoolean());
        Assert.Equal(before, (await server.Api.GetAsync("/session")).GetArrayLength());

        // A rebound name: the browser takes it for the same origin, the server knows its own names.
        Assert.Equal(421, (await browser.AskAsync(new { open = $"http://evil.example:{server.Root.Port}/global/health" })).GetProperty("opened").GetInt32());
    }

    private static Task<JsonElement> FetchAsync(NodeClient browser, ServerProcess server, string path, string method = "GET", string mode = "cors") =>
        browser.AskAsync(new { fetch = new Uri(server.Root, path), init = new { method, mode } });

    private static string? Type(JsonElement heard) => JsonDocument.Parse(heard.Text("data")!).RootElement.Text("type");

    private static int Count(List<JsonElement> heard)
    {
        lock (heard)
            return heard.Count;
    }

    private static async Task PollAsync(NodeClient browser, List<JsonElement> heard, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await HearAsync(browser, heard, _ => false);
            await Task.Delay(20, CancellationToken.None);
        }
    }

    private static async Task<bool> HearAsync(NodeClient browser, List<JsonElement> heard, Func<JsonElement, bool> wanted)
    {
        var more = await browser.AskAsync(new { heard = Count(heard) });
        lock (heard)
        {
            heard.AddRange(more.GetProperty("events").EnumerateArray());
            return heard.Any(wanted);
        }
    }
}
