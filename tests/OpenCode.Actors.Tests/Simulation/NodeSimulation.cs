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

/// <summary>A walk with its end: without faults all commands are answered, all turns end, all clients have all events, reads agree with the log, and nothing is left over.</summary>
internal sealed class NodeSimulation(ulong seed, bool keepTrace = false) : NodeWalk(seed, keepTrace)
{
    private const int MaxRounds = 60;

    public int Commands => Answers.Count;

    public int Delivered => Clients.Sum(static client => client.Seen);

    public int Gaps => Clients.Sum(static client => client.Gaps);

    public IReadOnlyDictionary<string, int> Faults => Troubles.Counts;

    protected override void ComeToRest()
    {
        Simulation.Say("rest");
        Simulation.TimeRace = TimeRace = 0;
        Troubles.MendDisk();
        (Node.SessionsJournal.FailingReads, Node.SessionsJournal.FailingLoads, Node.StreamsJournal.FailingReads) = (0, 0, 0);
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

        ExpectReadsAgreeWithLog();
        ExpectClientsHaveAll();
        ExpectNothingLeft();
        Kill(powerIsCut: false, "last restart");
        RunDry();
        Look();
        ExpectReadsAgreeWithLog();
    }

    private void ConnectAll()
    {
        foreach (var client in Clients)
        {
            client.Cut();
            RunDry();
            client.Connect(Node.Hub, Node.Journal);
        }

        Look();
    }

    private void EndTurns()
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            Provider.EndAll();
            foreach (var asked in Query<IndexQuery.Permissions>(new IndexQuery.ListPermissions()).Requests)
                ReplyTo(new ReplyPermission(asked.Id, PermissionAnswer.Once));
            foreach (var asked in Query<IndexQuery.Questions>(new IndexQuery.ListQuestions()).Requests)
                ReplyTo(new RejectQuestion(asked.Id));
            Time.Advance(TimeSpan.FromSeconds(5));
            Look();
            if (Broken.Count > 0 || (Answers.AllCame && Query<IndexQuery.Statuses>(new IndexQuery.ListStatus()).BySession.Count == 0))
                return;
        }

        Answers.ExpectNoneOpen();
        foreach (var (session, status) in Query<IndexQuery.Statuses>(new IndexQuery.ListStatus()).BySession)
            World.Promises.Break($"{session} is {status} for ever.");
    }

    private void ReplyTo(IRequestReply reply) => Answers.Await("last reply", Node.Sessions.ReplyAsync(reply, null, CancellationToken.None));

    private void ExpectReadsAgreeWithLog()
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
            ExpectReadAgreesWithLog(session);
    }

    private Dictionary<string, string> SessionsOfLog()
    {
        var sessions = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in KnownEntries.Entries)
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

    private void ExpectReadAgreesWithLog(string session)
    {
        var answer = Node.Sessions.AskAsync(new SessionId(session), new GetMessages(), CancellationToken.None);
        RunDry();
        if (answer is not { IsCompletedSuccessfully: true, Result: MessagePage { Page: var read } })
        {
            Expect(false, $"{session} cannot be read at rest: {(answer.IsCompletedSuccessfully ? answer.Result : answer.Status)}");
            return;
        }

        var (told, shown) = (Encode(LogFold.MessagesOf(KnownEntries.Of(session))), Encode(read));
        Expect(told == shown, $"{session} reads {shown} and the log tells {told}");
        Expect(read.All(static m => m.Info is UserMessage or AssistantMessage { Time.Completed: not null }), $"{session} has a message that is not complete at rest.");
        Expect(!read.SelectMany(static m => m.Parts).Any(static part => part is ToolPart { State: ToolPending or ToolRunning }), $"{session} has a tool that runs at rest.");
        foreach (var message in read.Where(static m => m.Info is UserMessage && m.Parts.Count != 1))
            Expect(false, $"{session}: the prompt {message.Info.Id} was taken {message.Parts.Count} times.");
        foreach (var (_, accepted) in Answers.Accepted.Where(accepted => accepted.Session.Value == session))
            Expect(read.Any(message => message.Info.Id == accepted), $"{session} has lost the prompt {accepted}, which was accepted.");
    }

    private void ExpectClientsHaveAll()
    {
        RunDry();
        Look();
        foreach (var client in Clients)
        {
            Expect(client.IsConnected, "A client was not admitted at rest.");
            client.ExpectAll();
        }
    }

    private void ExpectNothingLeft()
    {
        foreach (var client in Clients)
            client.Cut();
        RunDry();
        Expect(HubNode.ChildrenOf(Node.Hub).Count == 1, $"Left under the hub: {string.Join(", ", HubNode.ChildrenOf(Node.Hub))}.");
        Expect(HubNode.ChildrenOf(Node.Hub).Sum(static child => HubNode.ChildrenOf(child).Count) == 0, "A stream still runs.");
        Expect(Node.Log.Ring.Readers == 0, $"The ring has {Node.Log.Ring.Readers} readers and no client.");
        Expect(Node.Streams.Open == 0, $"{Node.Streams.Open} streams are counted as open.");

        Time.Advance(TimeSpan.FromMilliseconds(World.SessionsOptions.PassivateAfterMs * 2));
        Look();
        Expect(HubNode.ChildrenOf(Node.Region).Count == 0, $"{HubNode.ChildrenOf(Node.Region).Count} sessions have not left memory.");
    }

    private T Query<T>(IIndexQuery query)
        where T : class
    {
        var answer = Node.Sessions.AskAsync(query, CancellationToken.None);
        RunDry();
        return answer is { IsCompletedSuccessfully: true, Result: T result }
            ? result
            : throw new BrokenPromiseException($"{query} is not answered at rest: {(answer.IsCompletedSuccessfully ? answer.Result : answer.Status)}");
    }

    private void Expect(bool holds, string what) => World.Promises.Expect(holds, what);

    private static string Encode(IReadOnlyList<MessageWithParts> messages) => Encoding.UTF8.GetString(JsonSerializer.SerializeToUtf8Bytes(messages, ProtocolJson.Wire.IReadOnlyListMessageWithParts));
}
