using System.Text;
using System.Text.Json;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Tests.Sessions;

namespace OpenCode.Actors.Tests.Simulation;

/// <content>The end of every walk: no more trouble. All that was asked is answered, all turns end, all clients have all, reads say what the log tells, and nothing is left over.</content>
internal sealed partial class NodeSimulation
{
    private const int MaxRounds = 60;

    private void ComeToRest()
    {
        Simulation.Say("rest");
        Simulation.TimeRace = _timeRace = 0;
        _troubles.MendDisk();
        (_node.SessionsJournal.FailingReads, _node.SessionsJournal.FailingLoads, _node.StreamsJournal.FailingReads) = (0, 0, 0);
        RunDry();
        Look();
        RunDry();

        // Sessions that failed repeatedly are admitted again, and all requests that wait for a deadline have met it.
        Time.Advance(TimeSpan.FromSeconds(61));
        Look();
        ConnectAll();
        EndTurns();
        if (Broken.Count > 0)
            return;

        ExpectReadsTellTheLog();
        ExpectClientsHaveAll();
        ExpectNothingLeft();
        Kill(powerIsCut: false, "last restart");
        RunDry();
        Look();
        ExpectReadsTellTheLog();
    }

    private void ConnectAll()
    {
        foreach (var client in _clients)
        {
            client.Cut();
            RunDry();
            client.Connect(_node.Hub, _node.Journal);
        }

        Look();
    }

    private void EndTurns()
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            _provider.EndAll();
            foreach (var asked in Query<IndexQuery.Permissions>(new IndexQuery.ListPermissions()).Requests)
                ReplyTo(new ReplyPermission(asked.Id, PermissionAnswer.Once));
            foreach (var asked in Query<IndexQuery.Questions>(new IndexQuery.ListQuestions()).Requests)
                ReplyTo(new RejectQuestion(asked.Id));
            Time.Advance(TimeSpan.FromSeconds(5));
            Look();
            if (Broken.Count > 0 || (_answers.AllCame && Query<IndexQuery.Statuses>(new IndexQuery.ListStatus()).BySession.Count == 0))
                return;
        }

        _answers.ExpectNoneOpen();
        foreach (var (session, status) in Query<IndexQuery.Statuses>(new IndexQuery.ListStatus()).BySession)
            _world.Promises.Break($"{session} is {status} for ever.");
    }

    private void ReplyTo(IRequestReply reply) => _answers.Await("last reply", _node.Sessions.ReplyAsync(reply, null, CancellationToken.None));

    private void ExpectReadsTellTheLog()
    {
        Expect(Query<IndexQuery.Statuses>(new IndexQuery.ListStatus()).BySession.Count == 0, "A session is busy at rest.");
        Expect(Query<IndexQuery.Permissions>(new IndexQuery.ListPermissions()).Requests.Count == 0, "A permission waits at rest.");
        Expect(Query<IndexQuery.Questions>(new IndexQuery.ListQuestions()).Requests.Count == 0, "A question waits at rest.");

        var listed = Query<IndexQuery.Listed>(new IndexQuery.List(new SessionQuery { Limit = 1_000 })).Entries.ToDictionary(static entry => entry.Id.Value, static entry => entry.Title);
        var told = SessionsOfLog();
        Expect(
            told.OrderBy(static s => s.Key, StringComparer.Ordinal).SequenceEqual(listed.OrderBy(static s => s.Key, StringComparer.Ordinal)),
            $"The list has {string.Join(", ", listed)}, the log {string.Join(", ", told)}.");
        foreach (var session in told.Keys)
            ExpectReadTellsTheLog(session);
    }

    private Dictionary<string, string> SessionsOfLog()
    {
        var sessions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in _log.Entries)
        {
            switch (entry.Type)
            {
                case EventTypes.SessionCreated or EventTypes.SessionUpdated:
                    sessions[entry.SessionId!] = JsonDocument.Parse(entry.Properties).RootElement.GetProperty("info").GetProperty("title").GetString()!;
                    break;
                case EventTypes.SessionDeleted:
                    sessions.Remove(entry.SessionId!);
                    break;
            }
        }

        return sessions;
    }

    private void ExpectReadTellsTheLog(string session)
    {
        var answer = _node.Sessions.AskAsync(new SessionId(session), new GetMessages(), CancellationToken.None);
        RunDry();
        if (answer is not { IsCompletedSuccessfully: true, Result: MessagePage { Page: var read } })
        {
            Expect(false, $"{session} cannot be read at rest: {(answer.IsCompletedSuccessfully ? answer.Result : answer.Status)}");
            return;
        }

        var (told, shown) = (Encode(LogFold.MessagesOf(_log.Of(session))), Encode(read));
        Expect(told == shown, $"{session} reads {shown} and the log tells {told}");
        Expect(read.All(static m => m.Info is UserMessage or AssistantMessage { Time.Completed: not null }), $"{session} has a message that is not complete at rest.");
        Expect(!read.SelectMany(static m => m.Parts).Any(static part => part is ToolPart { State: ToolPending or ToolRunning }), $"{session} has a tool that runs at rest.");
        foreach (var message in read.Where(static m => m.Info is UserMessage && m.Parts.Count != 1))
            Expect(false, $"{session}: the prompt {message.Info.Id} was taken {message.Parts.Count} times.");
        foreach (var (_, accepted) in _answers.Accepted.Where(accepted => accepted.Session.Value == session))
            Expect(read.Any(message => message.Info.Id == accepted), $"{session} has lost the prompt {accepted}, which was accepted.");
    }

    private void ExpectClientsHaveAll()
    {
        RunDry();
        Look();
        foreach (var client in _clients)
        {
            Expect(client.IsConnected, "A client was not admitted at rest.");
            client.ExpectAll();
        }
    }

    private void ExpectNothingLeft()
    {
        foreach (var client in _clients)
            client.Cut();
        RunDry();
        Expect(HubNode.ChildrenOf(_node.Hub).Count == 1, $"Left under the hub: {string.Join(", ", HubNode.ChildrenOf(_node.Hub))}.");
        Expect(HubNode.ChildrenOf(_node.Hub).Sum(static child => HubNode.ChildrenOf(child).Count) == 0, "A stream still runs.");
        Expect(_node.Log.Ring.Readers == 0, $"The ring has {_node.Log.Ring.Readers} readers and no client.");
        Expect(_node.Streams.Open == 0, $"{_node.Streams.Open} streams are counted as open.");

        Time.Advance(TimeSpan.FromMilliseconds(_world.SessionsOptions.PassivateAfterMs * 2));
        Look();
        Expect(HubNode.ChildrenOf(_node.Region).Count == 0, $"{HubNode.ChildrenOf(_node.Region).Count} sessions have not left memory.");
    }

    private T Query<T>(IIndexQuery query)
        where T : class
    {
        var answer = _node.Sessions.AskAsync(query, CancellationToken.None);
        RunDry();
        return answer is { IsCompletedSuccessfully: true, Result: T result }
            ? result
            : throw new BrokenPromiseException($"{query} is not answered at rest: {(answer.IsCompletedSuccessfully ? answer.Result : answer.Status)}");
    }

    private void Expect(bool holds, string what) => _world.Promises.Expect(holds, what);

    private static string Encode(IReadOnlyList<MessageWithParts> messages) => Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(messages, ProtocolJson.Wire.IReadOnlyListMessageWithParts));
}
