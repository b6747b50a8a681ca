using System.Net;
using System.Net.Sockets;
using OpenCode.Actors.Server.Cluster.Forwarding;

namespace OpenCode.Actors.Tests.Server.Cluster;

/// <summary>The other nodes: notes what they are sent, and answers as the test says.</summary>
internal sealed class FakeNodes : INodeHttp
{
    private readonly Queue<Func<CancellationToken, Task<HttpResponseMessage>>> _answers = [];

    public List<(Uri Address, string Method, string Body, Dictionary<string, string> Headers)> Requests { get; } = [];

    public FakeNodes Answer(HttpStatusCode status, string body = "", params (string Name, string Value)[] headers)
    {
        var answer = new HttpResponseMessage(status) { Content = new StringContent(body) };
        foreach (var (name, value) in headers)
            answer.Headers.TryAddWithoutValidation(name, value);
        _answers.Enqueue(_ => Task.FromResult(answer));
        return this;
    }

    public FakeNodes Fail(Exception cause)
    {
        _answers.Enqueue(_ => Task.FromException<HttpResponseMessage>(cause));
        return this;
    }

    /// <summary>Confirms nothing any more: the kernel gives the connection up.</summary>
    public FakeNodes FallSilent(TimeProvider time, TimeSpan after)
    {
        _answers.Enqueue(async cancellationToken =>
        {
            await Task.Delay(after, time, cancellationToken);
            throw new HttpRequestException("lost", new IOException("lost", new SocketException((int)SocketError.TimedOut)));
        });
        return this;
    }

    /// <summary>Never answers: a frozen node, whose connection stays open.</summary>
    public FakeNodes Freeze()
    {
        _answers.Enqueue(cancellationToken =>
        {
            var never = new TaskCompletionSource<HttpResponseMessage>();
            cancellationToken.Register(() => never.TrySetCanceled(cancellationToken));
            return never.Task;
        });
        return this;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add((request.RequestUri!, request.Method.Method, body, request.Headers.ToDictionary(header => header.Key, header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase)));
        return await _answers.Dequeue()(cancellationToken);
    }
}
