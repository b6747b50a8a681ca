using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace OpenCode.Actors.Tests.Server.Http;

public sealed class EncodedBodyTests
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("GZip")]
    [InlineData("x-gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("identity")]
    public async Task A_compressed_body_is_read(string encoding)
    {
        await using var server = await ServerKit.StartAsync();

        var (status, session) = await SendAsync(server, encoding, Compressed(encoding, """{"title":"small"}"""));

        Assert.Equal((200, "small"), (status, session.GetProperty("title").GetString()));
    }

    [Theory]
    [InlineData("zstd")]
    [InlineData("gzip, br")]
    [InlineData("nonsense")]
    public async Task An_unknown_encoding_is_a_415_that_names_it(string encoding)
    {
        await using var server = await ServerKit.StartAsync();

        var (status, error) = await SendAsync(server, encoding, "{}"u8.ToArray());

        Assert.Equal(415, status);
        Assert.Contains($"'{encoding}'", error.GetProperty("data").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_body_that_is_not_what_it_says_is_a_400(string encoding)
    {
        await using var server = await ServerKit.StartAsync();

        var (status, error) = await SendAsync(server, encoding, """{"title":"plain"}"""u8.ToArray());

        Assert.Equal(400, status);
        Assert.Equal($"The body is no valid {encoding}. Nothing was done; send it again, or without an encoding.", error.GetProperty("data").GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task The_limit_holds_for_what_comes_out_of_a_body(string encoding)
    {
        await using var server = await ServerKit.StartAsync(config: """{"server":{"limits":{"body_bytes":4096}}}""");

        var (status, error) = await SendAsync(server, encoding, Compressed(encoding, $$"""{"title":"{{new string(' ', 100_000)}}"}"""));

        Assert.Equal((413, "PayloadTooLarge"), (status, error.GetProperty("name").GetString()));
    }

    [Theory]
    [InlineData("""{"title":"cut \ud83d"}""", "cut \uFFFD")]
    [InlineData("""{"title":"\ud83d\ude00"}""", "\U0001F600")]
    public async Task Half_a_surrogate_pair_is_taken_as_the_replacement_character(string body, string title)
    {
        await using var server = await ServerKit.StartAsync();

        var (status, session) = await server.SendAsync("POST", "/session", body);

        Assert.Equal((200, title), (status, session.GetProperty("title").GetString()));
    }

    [Theory]
    [InlineData("POST", "/tui/publish", """{"type":"tui.toast.show","properties":{"message":"\ud83d","variant":"info"}}""")]
    [InlineData("PATCH", "/config", """{"username":"\ud83d"}""")]
    public async Task So_it_is_where_a_body_is_free_JSON(string method, string path, string body)
    {
        await using var server = await ServerKit.StartAsync();

        Assert.Equal(200, (await server.SendAsync(method, path, body)).Status);
    }

    private static async Task<(int Status, JsonElement Body)> SendAsync(ServerKit server, string encoding, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/session") { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using var response = await server.Client.SendAsync(request);
        return ((int)response.StatusCode, JsonElement.Parse(await response.Content.ReadAsStringAsync()));
    }

    private static byte[] Compressed(string encoding, string json)
    {
        using var bytes = new MemoryStream();
        using (Stream to = encoding switch
        {
            "deflate" => new ZLibStream(bytes, CompressionLevel.Fastest, leaveOpen: true),
            "br" => new BrotliStream(bytes, CompressionLevel.Fastest, leaveOpen: true),
            "identity" => new BufferedStream(bytes),
            _ => new GZipStream(bytes, CompressionLevel.Fastest, leaveOpen: true),
        })
        {
            to.Write(Encoding.UTF8.GetBytes(json));
            to.Flush();
            if (encoding == "identity")
                return bytes.ToArray();
        }

        return bytes.ToArray();
    }
}
