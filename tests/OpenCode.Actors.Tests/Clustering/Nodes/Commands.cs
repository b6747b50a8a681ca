using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Tests.Clustering.Nodes;

/// <summary>Clients that rename sessions all the time, each title once, through nodes in turn; and what the log says of it in the end.</summary>
internal sealed class Commands(IReadOnlyList<TestNode> via, IReadOnlyList<SessionId> sessions)
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<(SessionId Session, string Title)> _acknowledged = [];
    private readonly ConcurrentQueue<Unavailable> _refused = [];
    private Task _clients = Task.CompletedTask;
    private volatile bool _isStarved;

    /// <summary>Gets the answers that said no. A machine too busy to let the nodes look at their rows in time suspends them rightly: such refusals count only on one that is not.</summary>
    public IReadOnlyCollection<Unavailable> Refused => _isStarved ? [.. _refused.Where(static refusal => !IsForLateLook(refusal))] : _refused;

    public int Acknowledged => _acknowledged.Count;

    public void Start() => _clients = Task.WhenAll(sessions.Select((session, i) => Task.Run(() => RunAsync(session, via[i % via.Count]))));

    /// <summary>Waits until every client has had an answer, then ends them.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _clients;
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

    private async Task RunAsync(SessionId session, TestNode node)
    {
        for (var i = 0; !_stop.IsCancellationRequested; i++)
        {
            var title = $"{node.Name} {i}";
            switch (await node.UpdateAsync(session, title))
            {
                case Updated:
                    _acknowledged.Enqueue((session, title));
                    break;
                case Unavailable refusal:
                    _refused.Enqueue(refusal);
                    break;
                case var other:
                    Assert.Fail($"{other} is no answer to a rename.");
                    break;
            }

            var began = Stopwatch.GetTimestamp();
            await Task.Delay(5);
            _isStarved |= Stopwatch.GetElapsedTime(began) > TimeSpan.FromMilliseconds(100); // A look is missed when it is that late.
        }
    }
}
