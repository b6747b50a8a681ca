using System.Net;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Server.Hosting.Doors;
using OpenCode.Actors.TestKit;

namespace OpenCode.Actors.Tests.Server.Hosting;

public sealed class RehearsalTests
{
    private const string WholeStream = "data: {\"type\":\"session.deleted\"}\n\n";

    private readonly RecordingLogs _logs = new();

    [Fact]
    public async Task A_part_that_is_played_to_its_end_is_said()
    {
        await PlayAsync(refused: "/nothing", WholeStream);

        Assert.Equal([LogLevel.Information], _logs.Records.Select(record => record.Level));
    }

    [Theory]
    [InlineData("/session")]
    [InlineData("/session/ses_1/message")]
    [InlineData("/question")]
    [InlineData("/session/ses_1/abort")]
    public async Task A_request_that_is_refused_is_no_rehearsal(string refused)
    {
        await PlayAsync(refused, WholeStream);

        Assert.Equal([LogLevel.Warning], _logs.Records.Select(record => record.Level));
    }

    [Fact]
    public async Task A_stream_that_ends_early_is_no_rehearsal()
    {
        await PlayAsync(refused: "/nothing", "data: {\"type\":\"server.connected\"}\n\n");

        Assert.Equal([LogLevel.Warning], _logs.Records.Select(record => record.Level));
    }

    [Fact]
    public async Task Whatever_fails_on_the_stage_is_said_and_nothing_worse()
    {
        await Rehearsal.PlayAsync(_logs.CreateLogger("Rehearsal"), static _ => throw new InvalidOperationException("No stage."));

        Assert.Equal([LogLevel.Warning], _logs.Records.Select(record => record.Level));
    }

    private Task PlayAsync(string refused, string stream) => Rehearsal.PlayAsync(_logs.CreateLogger("Rehearsal"), async over =>
    {
        using var http = new HttpClient(new Script(refused, stream)) { BaseAddress = new Uri("http://stage") };
        await Rehearsal.PlayAsync(http, over);
    });

    private sealed class Script(string refused, string stream) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var path = request.RequestUri!.AbsolutePath;
            return Task.FromResult(new HttpResponseMessage(path == refused ? HttpStatusCode.ServiceUnavailable : HttpStatusCode.OK)
            {
                Content = new StringContent(path == "/event" ? stream : """{"id":"ses_1"}"""),
            });
        }
    }
}
