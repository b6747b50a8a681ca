using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Clients;

/// <summary><c>@opencode-ai/sdk</c>, unchanged.</summary>
public sealed class SdkTests(ITestOutputHelper output) : ServerTest(output)
{
    [SkippableFact]
    public async Task The_calls_of_the_sdk_work_typed()
    {
        Needs.Node();
        var server = await StartAsync();
        await using var sdk = new NodeClient("sdk.mjs", "calls", server.Root.ToString(), server.Setup.Project);

        var done = await sdk.LineAsync(0, TimeSpan.FromSeconds(60));

        Assert.Equal("From the SDK", done.Text("session", "title"));
        Assert.Equal(server.Setup.Project, done.Text("session", "directory"));
        Assert.Equal("assistant", done.Text("answer", "role"));
        Assert.True(done.GetProperty("answer").GetProperty("completed").GetBoolean());
        Assert.Contains("hello from the SDK", done.Text("answer", "text"), StringComparison.Ordinal);
        Assert.Equal(["user", "assistant"], done.GetProperty("messages").EnumerateArray().Select(m => m.Text("role")));
        Assert.Equal(done.Text("answer", "text"), done.GetProperty("messages")[1].Text("text"));
        Assert.True(done.GetProperty("aborted").GetBoolean());
        Assert.Equal("MessageAbortedError", done.Text("cut", "error"));
        Assert.False(done.GetProperty("busyAfterAbort").GetBoolean());
        Assert.Equal(2, done.GetProperty("listed").GetArrayLength());
        Assert.Equal(404, done.GetProperty("missing").GetProperty("status").GetInt32());
        Assert.Equal("NotFoundError", done.Text("missing", "name"));
        var types = done.GetProperty("types").EnumerateArray().Select(t => t.GetString()).ToList();
        Assert.All(["session.created", "message.updated", "message.part.updated", "message.part.delta", "session.status", "session.idle", "session.error"], t => Assert.Contains(t, types));
    }

    [SkippableFact]
    public async Task The_stream_of_the_sdk_goes_on_after_resets_at_random_moments()
    {
        Needs.Node();
        var random = Randomness();
        var server = await StartAsync();
        await using var reference = await server.ListenAsync();
        await using var proxy = new TcpProxy(server.Root);
        await using var sdk = new NodeClient("sdk.mjs", "stream", proxy.Root.ToString(), server.Setup.Project);
        await Eventually.TrueAsync(() => Events(sdk).Any(e => e.Text("type") == "server.connected"), "the SDK's stream");

        var resets = await Train.RideAsync(server, proxy, random, () => Events(sdk).Count);
        await server.Api.PublishToastAsync("the end");
        await reference.WaitForTypeAsync("tui.toast.show");
        await Eventually.TrueAsync(() => Events(sdk).Any(e => e.Text("type") == "tui.toast.show"), "the last event at the SDK", TimeSpan.FromSeconds(60));

        Output.WriteLine($"{resets} resets, {reference.Events.Count} events.");
        Assert.DoesNotContain(Events(sdk), e => e.Text("type") == "hub.gap");
        EventRecord.AssertSame(
            [.. reference.Events.Select(e => e.EventId!)],
            [.. Events(sdk).Where(e => e.Text("type") is not ("server.connected" or "server.heartbeat")).Select(e => e.Text("id")!)],
            "The SDK");
    }

    private static IReadOnlyList<JsonElement> Events(NodeClient sdk) => [.. sdk.Lines.Select(l => l.At("event")).OfType<JsonElement>()];
}
