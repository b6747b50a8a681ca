using System.Web;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Faults;

/// <summary>A stream belongs to its client, not to a request, a configuration or another location.</summary>
public sealed class StreamOutlivesRequestsTests(ITestOutputHelper output) : ServerTest(output)
{
    [Fact]
    public async Task A_stream_outlives_requests_a_change_of_configuration_and_the_dispose_of_another_location()
    {
        var server = await StartAsync();
        var other = Folder.Sub("other");
        await using var stream = await server.ListenAsync();
        await using var global = await server.ListenAsync("/global/event");
        await using var ofOther = await server.ListenAsync($"/event?directory={HttpUtility.UrlEncode(other)}");

        // The client that made the session leaves, with its connection.
        string session;
        using (var passing = new Api(server.Root))
        {
            session = await passing.CreateSessionAsync();
            await passing.PromptAsync(session, "slow: 40");
        }

        await server.Api.CallAsync(HttpMethod.Patch, "/config", new { model = "embedded/assistant" });
        await server.Api.PostAsync($"/instance/dispose?directory={HttpUtility.UrlEncode(other)}");

        await stream.WaitForTypeAsync("session.idle", session);
        var second = await server.Api.CreateSessionAsync();
        await server.Api.PromptAsync(second, "hello");
        await stream.WaitForTypeAsync("session.idle", second);
        await global.WaitForTypeAsync("session.idle", second);
        Assert.False(stream.Ended.IsCompleted);
        Assert.False(global.Ended.IsCompleted);

        // Of the other location the stream ends, after its farewell, as the real server ends it.
        Assert.Equal(StreamEnd.Clean, await Eventually.EndsAsync(ofOther.Ended, "the stream of the disposed location"));
        Assert.Equal("server.instance.disposed", ofOther.Events[^1].Type);
        Assert.Equal(other, ofOther.Events[^1].Properties.Text("directory"));
    }
}
