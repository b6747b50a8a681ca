using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Edge;

/// <summary>Faults at the edge that users met, each over a real socket.</summary>
public sealed class EdgeFaultTests(ITestOutputHelper output) : ServerTest(output)
{
    private const int BadOption = 2;
    private const int Held = 3;

    [Theory]
    [InlineData("POST /session HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n", 200)]
    [InlineData("POST /session HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: 15\r\n\r\n{\"title\":\"one\"}", 200)]
    [InlineData("POST /session HTTP/1.0\r\nHost: 127.0.0.1\r\nContent-Length: x\r\n\r\n", 400)]
    [InlineData("PUT /session HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n", 404)]
    [InlineData("GET //session HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", 200)]
    [InlineData("GET ///session//status HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", 200)]
    [InlineData("GET // HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", 200)]
    public async Task A_request_without_a_length_and_a_path_with_two_slashes_are_taken(string request, int status)
    {
        var server = await StartAsync();

        Assert.Equal(status, (await RawHttp.SendAsync(server.Root, Encoding.ASCII.GetBytes(request))).Status);
    }

    [Fact]
    public async Task Bodies_come_compressed_and_with_half_characters()
    {
        var server = await StartAsync();
        Assert.Equal("zipped", Title(await PostAsync(server, "gzip", Zipped("""{"title":"zipped"}"""))));
        Assert.Equal(400, (await PostAsync(server, "gzip", "{}"u8.ToArray())).Status);
        Assert.Equal(400, (await PostAsync(server, "br", "{}"u8.ToArray())).Status);
        Assert.Equal(415, (await PostAsync(server, "zstd", "{}"u8.ToArray())).Status);
        Assert.Equal(413, (await PostAsync(server, "gzip", Zipped($$"""{"title":"{{new string(' ', 40_000_000)}}"}"""))).Status);
        Assert.Equal("cut \uFFFD", Title(await PostAsync(server, "identity", """{"title":"cut \ud83d"}"""u8.ToArray())));

        var session = await server.Api.CreateSessionAsync();
        var answer = await RawHttp.SendAsync(
            server.Root, "POST", $"/session/{session}/message", body: """{"noReply":true,"parts":[{"type":"text","text":"cut \ud83d"}]}"""u8.ToArray());

        Assert.Equal(200, answer.Status);
        Assert.Equal("cut \uFFFD", (await server.Api.MessagesAsync(session))[0].GetProperty("parts")[0].Text("text"));
    }

    [Theory]
    [InlineData("PATCH", "/config")]
    [InlineData("POST", "/tui/publish")]
    public async Task A_body_that_is_missing_is_asked_for_in_our_words(string method, string path)
    {
        var server = await StartAsync();

        var answer = await RawHttp.SendAsync(server.Root, method, path);

        Assert.Equal(400, answer.Status);
        Assert.Contains("A body is needed", answer.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stream_of_a_deleted_session_has_its_deletion_and_then_an_end()
    {
        var server = await StartAsync();
        var session = await server.Api.CreateSessionAsync();
        await using var stream = await server.ListenAsync($"/session/{session}/event");
        await using var old = await SseClient.ConnectAsync(server.Root, $"/session/{session}/event", version: "1.0");
        await stream.WaitForTypeAsync("server.connected");
        await old.WaitForTypeAsync("server.connected");

        await server.Api.CallAsync(HttpMethod.Delete, $"/session/{session}", body: null, HttpStatusCode.OK);

        await stream.WaitForTypeAsync("session.deleted", session);
        Assert.Equal(StreamEnd.Clean, await Eventually.EndsAsync(stream.Ended, "the stream of the deleted session"));

        // There is no clean end over HTTP/1.0; but nothing is lost.
        await old.WaitForTypeAsync("session.deleted", session);
        await Eventually.EndsAsync(old.Ended, "the stream over HTTP/1.0");
    }

    [Fact]
    public async Task Options_of_opencode_are_taken_and_those_without_effect_are_said_once()
    {
        var server = await StartAsync(Setup with { Arguments = ["--log-level", "DEBUG", "--print-logs", "--mdns"] });

        await server.Api.GetAsync("/global/health");
        Assert.Equal(1, server.Log.Split('\n').Count(static line => line.StartsWith("--mdns has no effect", StringComparison.Ordinal)));
        Assert.DoesNotContain("--print-logs", server.Log, StringComparison.Ordinal);

        var refused = Own(ServerProcess.Spawn(Setup with { Arguments = ["--log-level", "LOUD"] }));
        Assert.Equal(BadOption, await refused.ExitAsync());
        Assert.Contains("LOUD", refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_held_data_folder_says_who_holds_it()
    {
        var server = await StartAsync();
        var export = Own(ChildProcess.Start("dotnet", [Repository.ServerDll, "export", "--data", Setup.DataFolder], Setup.Project, Setup.Environment));

        Assert.Equal(Held, await export.ExitAsync());
        Assert.Contains(server.Root.GetLeftPart(UriPartial.Authority), export.Errors, StringComparison.Ordinal);
        Assert.Contains($"process {server.Id}", export.Errors, StringComparison.Ordinal);
    }

    private static Task<RawAnswer> PostAsync(ServerProcess server, string encoding, byte[] body) =>
        RawHttp.SendAsync(server.Root, "POST", "/session", $"Content-Encoding: {encoding}\r\n", body);

    private static string? Title(RawAnswer answer) => JsonDocument.Parse(answer.Body).RootElement.Text("title");

    private static byte[] Zipped(string json)
    {
        using var bytes = new MemoryStream();
        using (var to = new GZipStream(bytes, CompressionLevel.Fastest))
            to.Write(Encoding.UTF8.GetBytes(json));
        return bytes.ToArray();
    }
}
