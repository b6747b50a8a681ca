using System.Text;
using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Reads;

namespace OpenCode.Actors.Tests.Simulation;

/// <summary>The users: what they ask of the node, by the way that endpoints take.</summary>
internal sealed class Users(World world, Answers answers)
{
    private static readonly string[] _directories = ["/a", "/a", "/b"];

    // Names are kept for longer than this.
    private static readonly TimeSpan _copiesFor = TimeSpan.FromMinutes(10);

    private readonly List<MessageId> _named = [];
    private readonly List<(SessionId Session, Named Command, DateTimeOffset At)> _sent = [];
    private int _prompts;
    private int _names;

    /// <summary>Gets the sessions that were answered as made, oldest first.</summary>
    public IReadOnlyList<SessionId> Sessions => answers.Made;

    public void Create(HubNode node)
    {
        SessionId? parent = world.OneIn(4) && Sessions.Count > 0 ? world.Pick(Sessions) : null;
        var place = new Place(world.Pick(_directories), "global");
        answers.Await("create", node.Sessions.CreateAsync(place, new CreateSession { Title = $"T{Sessions.Count}", ParentId = parent }, CancellationToken.None), parent, parent: parent);
    }

    /// <summary>Prompts, with a message id of the user's own as often as not; and with one that was sent before, now and then.</summary>
    public void Prompt(HubNode node)
    {
        if (!TryPick(out var session))
            return;

        MessageId? id = null;
        if (world.OneIn(3) && _named.Count > 0)
        {
            id = _named[^1];
        }
        else if (world.OneIn(2))
        {
            id = node.Ids.NewMessage();
            _named.Add(id.Value);
        }

        var prompt = new Prompt([new TextPromptPart($"p{++_prompts}")]) { MessageId = id };
        Ask("prompt", node, session, new TakePrompt(prompt, world.OneIn(5) ? $"k{world.Dice.Next(5)}" : null));
    }

    public void Abort(HubNode node) => Ask("abort", node, new Abort());

    public void Rename(HubNode node) => Ask("rename", node, new Update(new UpdateSession { Title = $"R{world.Dice.Next(100)}" }));

    public void Read(HubNode node) => Ask("read", node, new GetMessages());

    /// <summary>A copy of a named command comes late.</summary>
    public void SendAgain(HubNode node)
    {
        var recent = _sent.FindAll(sent => world.Kit.Time.GetUtcNow() - sent.At < _copiesFor).TakeLast(5).ToList();
        if (recent.Count == 0)
            return;

        var (session, command, _) = world.Pick(recent);
        Send("copy", node, session, command);
    }

    public void Delete(HubNode node)
    {
        if (!TryPick(out var session))
            return;

        answers.Deleting(session);
        answers.Await("delete", node.Sessions.AskAsync(new IndexQuery.Delete(session), CancellationToken.None), session);
    }

    public void List(HubNode node) => answers.Await("list", node.Sessions.AskAsync(new IndexQuery.List(new SessionQuery()), CancellationToken.None));

    /// <summary>Waits for the end of a turn that was accepted.</summary>
    public void AwaitTurn(HubNode node)
    {
        if (answers.Accepted.Count == 0)
            return;

        var (session, message) = world.Pick(answers.Accepted);
        answers.Await("await turn", node.Sessions.AwaitTurnAsync(session, new TurnId(message.Value), null, CancellationToken.None), session);
    }

    /// <summary>Answers a permission or a question of the log: it may be answered already.</summary>
    public void Reply(HubNode node, LogEntry asked)
    {
        var request = System.Text.Json.JsonDocument.Parse(asked.Properties).RootElement.GetProperty("id").GetString()!;
        IRequestReply reply = asked.Type == "permission.asked"
            ? new ReplyPermission(new PermissionId(request), (PermissionAnswer)world.Dice.Next(3))
            : world.OneIn(2) ? new RejectQuestion(new QuestionId(request)) : new ReplyQuestion(new QuestionId(request), [["Red"]]);
        answers.Await("reply", node.Sessions.ReplyAsync(reply, null, CancellationToken.None), asked.SessionId is { } id ? new SessionId(id) : null);
    }

    /// <summary>An event from outside, that belongs to no session.</summary>
    public void Publish(HubNode node)
    {
        var text = Encoding.UTF8.GetBytes($$"""{"text":"{{new string('x', world.OneIn(6) ? 4_000 : 20 + world.Dice.Next(200))}}"}""");
        var draft = new EntryDraft(node.Ids.NewEvent().Value, "tui.toast.show", world.Pick(_directories), "global", null, -1, Durable: false, text);
        answers.Await("publish", AppendAsync(node.SessionsJournal, draft));
    }

    // As the server's EventPublisher does it: such an event has no owner, and goes to the journal without its actor.
    private static async Task<object> AppendAsync(TroubledJournal journal, EntryDraft draft)
    {
        try
        {
            return new Published(await journal.AppendAsync(new JournalBatch([draft], []), CancellationToken.None));
        }
        catch (JournalException e)
        {
            return new Unavailable(e.Message, TimeSpan.FromSeconds(1));
        }
    }

    private void Ask(string what, HubNode node, ISessionCommand command)
    {
        if (TryPick(out var session))
            Ask(what, node, session, command);
    }

    // As the entry of a cluster does: by name, and now and then more than once.
    private void Ask(string what, HubNode node, SessionId session, ISessionCommand command)
    {
        if (command is ISessionRead || world.OneIn(2))
        {
            Send(what, node, session, command);
            return;
        }

        var named = new Named($"n{++_names}", command);
        _sent.Add((session, named, world.Kit.Time.GetUtcNow()));
        for (var copies = world.OneIn(4) ? 2 : 1; copies > 0; copies--)
            Send(what, node, session, named);
    }

    private void Send(string what, HubNode node, SessionId session, ISessionCommand command) =>
        answers.Await(what, node.Sessions.AskAsync(session, command, CancellationToken.None), session, name: (command as Named)?.Name);

    private bool TryPick(out SessionId session)
    {
        session = Sessions.Count > 0 ? world.Pick(Sessions) : default;
        return Sessions.Count > 0;
    }
}
