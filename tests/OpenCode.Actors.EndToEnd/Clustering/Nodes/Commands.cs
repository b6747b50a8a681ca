using System.Collections.Concurrent;
using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

/// <summary>Clients that rename sessions all the time, each title once, through nodes in turn; and what the log says of it in the end. All send at once, and again when all have an answer.</summary>
internal sealed class Commands(IReadOnlyList<TestNode> via, IReadOnlyList<SessionId> sessions)
{
    private readonly ConcurrentQueue<(SessionId Session, string Title)> _acknowledged = [];
    private readonly ConcurrentQueue<Unavailable> _refused = [];
    private Task _rounds = Task.CompletedTask;
    private volatile bool _isStopped;

    /// <summary>Gets the answers that said no. The stores of these tests answer at once: a look that was late only says that the machine is busy, and the node was suspended rightly.</summary>
    public IReadOnlyCollection<Unavailable> Refused => [.. _refused.Where(static refusal => !IsForLateLook(refusal))];

    public int Acknowledged => _acknowledged.Count;

    public void Start() => _rounds = Task.Run(RunAsync);

    /// <summary>Waits until every client has had an answer, then ends them.</summary>
    public Task StopAsync()
    {
        _isStopped = true;
        return _rounds;
    }

    /// <summary>Expects each acknowledged title in the log, and no title twice.</summary>
    public async Task CheckAsync(TestNode reader)
    {
        var titles = (await reader.LogAsync())
            .Where(entry => entry.Type == "session.updated" && sessions.Any(session => session.Value == entry.SessionId))
            .Select(entry => (entry.SessionId!, JsonDocument.Parse(entry.Properties).RootElement.GetProperty("info").GetProperty("title").GetString()!)).ToList();

        Assert.Empty(titles.GroupBy(title => title).Where(same => same.Count() > 1).Select(same => same.Key));
        Assert.Empty(_acknowledged.Select(title => (title.Session.Value, title.Title)).Except(titles));
        Assert.NotEmpty(_acknowledged);
    }

    private static bool IsForLateLook(Unavailable refusal) =>
        refusal.Reason.Contains("has not looked at its own row", StringComparison.Ordinal) || refusal.Reason.Contains("The database does not answer", StringComparison.Ordinal);

    private async Task RunAsync()
    {
        for (var round = 0; !_isStopped; round++)
            await Task.WhenAll(sessions.Select((session, i) => RenameAsync(session, via[i % via.Count], round)));
    }

    private async Task RenameAsync(SessionId session, TestNode node, int round)
    {
        var title = $"{node.Name} {round}";
        Assert.IsType<Updated>(await node.UpdateAsync(session, title, _refused.Enqueue));
        _acknowledged.Enqueue((session, title));
    }
}
