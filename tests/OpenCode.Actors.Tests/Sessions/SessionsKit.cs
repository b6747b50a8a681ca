using System.Diagnostics.Metrics;
using System.Text.Json;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Live;
using OpenCode.Actors.Sessions.Metrics;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Reads;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.Sessions.Faults;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions;

/// <summary>The whole of the sessions over an in-memory disk, on one thread: a test plays the model, the tools, the user and the power.</summary>
public abstract class SessionsKit : HubTestKit, IAsyncLifetime
{
    private protected const string Directory = "/proj/project";

    private readonly List<IActorRef> _actors = [];
    private readonly ActorsEnd _end = new();
    private int _lives;

    protected SessionsKit(ulong? seed = null)
        : base(seed)
    {
        Model = new ScriptedModel(Simulation);
    }

    private protected MemoryDisk Disk { get; } = new();

    /// <summary>Gets the journal that the test reads. The actors have it by <see cref="SteppedJournal"/>.</summary>
    private protected IJournal Journal => Faulty.Inner;

    private protected FaultyJournal Faulty { get; } = new();

    private protected ScriptedModel Model { get; }

    private protected ScriptedTools Tools { get; } = new();

    private protected SessionsOptions Options { get; } = new();

    private protected ScriptedAgents Config { get; } = new();

    private protected CountingMeters Meters { get; } = new();

    private protected SessionSetup Setup { get; private set; } = null!;

    private protected IActorRef Region { get; private set; } = null!;

    private protected IActorRef Index { get; private set; } = null!;

    private protected IActorRef JournalActor { get; private set; } = null!;

    private protected ISessions Sessions { get; private set; } = null!;

    public async Task InitializeAsync() => await StartAsync();

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await Journal.DisposeAsync();
        Meters.Dispose();
    }

    /// <summary>Starts the server on what is on the disk.</summary>
    private protected async Task StartAsync()
    {
        await OpenAsync();
        await RunDryAsync();
    }

    /// <summary>Starts the server; nothing of it runs yet.</summary>
    private protected async Task OpenAsync()
    {
        Faulty.Inner = await Disk.OpenAsync(new JournalOptions(), Time);
        _lives++;
        Setup = Arrange(new SessionSetup(
            Options, Time, Entropy, Model, Tools, Tools, Config, new SessionMetrics(Meters), new SteppedJournal(Faulty, Simulation), Logs));
        JournalActor = Spawn(
            OpenCode.Actors.Sessions.Journal.JournalActor.PropsFor(Setup.Journal, new AppendLedger(), Setup.Metrics, Logs.CreateLogger<JournalActor>(), Setup.Claims), $"journal-{_lives}");
        Region = Spawn(LocalSessionRegion.PropsFor(PropsFor, Time, Setup.Metrics, Logs.CreateLogger<LocalSessionRegion>()), $"sessions-{_lives}");
        Index = Spawn(SessionIndexActor.PropsFor(Region, Setup), $"index-{_lives}");
        Sessions = new SessionsFacade(new Required<SessionRegion>(Region), new Required<SessionIndexKey>(Index), _end, Setup);
        _actors.AddRange([JournalActor, Region, Index]);
    }

    /// <summary>kill -9: what was written stays, and no actor gets to say a last word.</summary>
    private protected async Task KillAsync()
    {
        Disk.Kill();
        foreach (var actor in _actors)
            Sys.Stop(actor);
        _actors.Clear();
        await RunDryAsync();
    }

    private protected async Task KillAndStartAsync()
    {
        await KillAsync();
        await StartAsync();
    }

    /// <summary>Lets a test change what the sessions share.</summary>
    private protected virtual SessionSetup Arrange(SessionSetup setup) => setup;

    /// <summary>Lets a test put its own actor in the place of a session, or fail.</summary>
    private protected virtual Props PropsFor(SessionId id) => SessionActor.PropsFor(id, JournalActor, Setup);

    private protected Task<T> AskAsync<T>(SessionId id, ISessionCommand command) => AskAsync<T>(Region, new Deliver(id, command));

    private protected async Task<Session> CreateAsync(SessionId? parent = null, string? title = "T", IReadOnlyList<PermissionRule>? permission = null) =>
        Assert.IsType<Created>(await CreateAsync(new CreateSession { ParentId = parent, Title = title, Permission = permission })).Info;

    private protected Task<object> CreateAsync(CreateSession request) => RunUntilAsync(Sessions.CreateAsync(new Place(Directory, "global"), request, CancellationToken.None));

    private protected static TakePrompt Prompt(string text, string? messageId = null, string? key = null, bool? noReply = null, ModelRef? model = null) => new(
        new Prompt([new TextPromptPart(text)]) { MessageId = messageId is null ? null : new MessageId(messageId), NoReply = noReply, Model = model }, key);

    private protected Task<PromptAccepted> PromptAsync(SessionId id, string text = "hello", string? messageId = null, string? key = null) =>
        AskAsync<PromptAccepted>(id, Prompt(text, messageId, key));

    /// <summary>Waits for the end of a turn, as an endpoint does.</summary>
    private protected Task<object> AwaitTurn(SessionId id, PromptAccepted accepted) =>
        Sessions.AwaitTurnAsync(id, accepted.Turn, accepted.IsOpen ? accepted.Offset : null, CancellationToken.None);

    /// <summary>Reads the end of a turn that is over.</summary>
    private protected async Task<TurnEnded> EndOfAsync(SessionId id, PromptAccepted accepted) =>
        Assert.IsType<TurnEnded>(await RunUntilAsync(Sessions.AwaitTurnAsync(id, accepted.Turn, null, CancellationToken.None)));

    private protected async Task<IReadOnlyList<MessageWithParts>> MessagesAsync(SessionId id) =>
        (await AskAsync<MessagePage>(id, new GetMessages())).Page;

    private protected async Task<SessionStatus> StatusAsync(SessionId id) =>
        (await AskAsync<IndexQuery.Statuses>(Index, new IndexQuery.ListStatus())).BySession.GetValueOrDefault(id, SessionStatus.Idle);

    private protected async Task<IReadOnlyList<SessionId>> ListAsync(SessionQuery? query = null) =>
        (await AskAsync<IndexQuery.Listed>(Index, new IndexQuery.List(query ?? new SessionQuery()))).Entries.Select(entry => entry.Id).ToList();

    private protected async Task<IReadOnlyList<PermissionRequest>> PermissionsAsync() =>
        (await AskAsync<IndexQuery.Permissions>(Index, new IndexQuery.ListPermissions())).Requests;

    private protected Task<object> ReplyAsync(PermissionId id, PermissionAnswer answer, string? feedback = null, SessionId? session = null) =>
        ReplyAsync(new ReplyPermission(id, answer, feedback), session);

    private protected Task<object> ReplyAsync(IRequestReply reply, SessionId? session = null) => RunUntilAsync(Sessions.ReplyAsync(reply, session, CancellationToken.None));

    private protected async Task<List<StateRow>> RowsAsync(SessionId id, string? kind = null)
    {
        await RunDryAsync();
        var rows = new List<StateRow>();
        await foreach (var row in Journal.LoadAsync(id.Value, CancellationToken.None))
        {
            if (kind is null || row.Kind == kind)
                rows.Add(row);
        }

        return rows;
    }

    /// <summary>Asks without running anything: for what is not answered at once.</summary>
    private protected Task<object> Begin(SessionId id, ISessionCommand command) => Region.Ask<object>(new Deliver(id, command));

    /// <summary>No actor answers any more.</summary>
    private protected void EndActors() => _end.Set();

    /// <summary>Reads the log.</summary>
    private protected async Task<List<LogEntry>> LogAsync(long after = 0)
    {
        await RunDryAsync();
        var entries = new List<LogEntry>();
        await foreach (var page in Journal.ReadAsync(after, EntryFilter.All, CancellationToken.None))
            entries.AddRange(page.Entries);
        return entries;
    }

    /// <summary>Tells the log in short: type and what matters of each event.</summary>
    private protected async Task<List<string>> StoryAsync(long after = 0) => (await LogAsync(after)).ConvertAll(Tell);

    private static string Tell(LogEntry entry)
    {
        var properties = JsonDocument.Parse(entry.Properties).RootElement;
        return entry.Type switch
        {
            "session.status" => $"status {properties.GetProperty("status").GetProperty("type")}",
            "session.idle" => "idle",
            "session.error" => $"error {properties.GetProperty("error").GetProperty("name")}",
            "message.updated" => TellMessage(properties.GetProperty("info")),
            "message.part.delta" => $"delta '{properties.GetProperty("delta")}'",
            "message.part.updated" => TellPart(properties.GetProperty("part")),
            "permission.replied" => $"permission.replied {properties.GetProperty("reply")}",
            _ => entry.Type,
        };
    }

    private static string TellMessage(JsonElement info)
    {
        var told = info.GetProperty("role").GetString()!;
        if (info.TryGetProperty("finish", out var finish))
            told += $" finish={finish}";
        if (info.TryGetProperty("error", out var error))
            told += $" error={error.GetProperty("name")}";
        return info.GetProperty("time").TryGetProperty("completed", out _) ? told + " completed" : told;
    }

    private static string TellPart(JsonElement part) => part.GetProperty("type").GetString() switch
    {
        "tool" => $"tool {part.GetProperty("state").GetProperty("status")}",
        "text" or "reasoning" => $"{part.GetProperty("type")} '{part.GetProperty("text")}'{(part.TryGetProperty("time", out var time) && time.TryGetProperty("end", out _) ? " end" : "")}",
        var other => other!,
    };

    private protected static AssistantMessage Assistant(MessageWithParts message) => Assert.IsType<AssistantMessage>(message.Info);

    private protected static string Text(MessageWithParts message) => string.Concat(message.Parts.OfType<TextPart>().Select(part => part.Text));

    private protected static ToolPart Tool(MessageWithParts message) => Assert.Single(message.Parts.OfType<ToolPart>());

    internal sealed class ScriptedAgents : IAgentCatalog
    {
        private static readonly BuiltInAgents _builtIn = new("/data/tool-output");

        public IReadOnlyList<PermissionRule> Rules { get; set; } = [];

        /// <summary>Gets or sets what a test does to the agents.</summary>
        public Func<LocationAgents, LocationAgents> Change { get; set; } = static agents => agents;

        public LocationAgents For(string directory) => Change(_builtIn.With(Rules));
    }

    internal sealed class Required<TKey>(IActorRef actor) : IRequiredActor<TKey>
    {
        public IActorRef ActorRef => actor;

        public Task<IActorRef> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(actor);
    }
}
