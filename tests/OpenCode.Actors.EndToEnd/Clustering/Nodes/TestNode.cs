using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Hosting;
using Akka.Configuration;
using Akka.Remote;
using Akka.Remote.Transport;
using OpenCode.Actors.Clustering;
using OpenCode.Actors.Clustering.Entry;
using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Clustering.Members.Doors;
using OpenCode.Actors.Clustering.Metrics;
using OpenCode.Actors.Clustering.Settings;
using OpenCode.Actors.Clustering.Shards;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Ids.Doors;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Metrics;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Tests.Journal.Memory;
using OpenCode.Actors.Tests.Specifications;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.EndToEnd.Clustering.Nodes;

/// <summary>One node: an actor system with links that a test can cut, its way to the arbiter, and its way to the store.</summary>
internal sealed class TestNode
{
    /// <summary>How long an answer may take, and a command be held: no promise, the machine may be slow.</summary>
    public static readonly TimeSpan Patience = Eventually.Generous;

    private readonly RecordingMeters _meters = new();
    private readonly ClusterNode _node;
    private readonly ShardClaims _claims;
    private bool _isGone;

    private TestNode(TestNodeOptions options, MemoryBatchDatabase batches, MemoryArbiterDatabase arbiters, BatchJournal journal, MemoryBatchStore store)
    {
        (Name, Journal, Store) = (options.Name, journal, store);
        Arbiter = new MemoryArbiter(arbiters, TimeProvider.System);
        Standing = new NodeStanding(TimeProvider.System, OnDeclaredDead);
        var metrics = new ClusterMetrics(_meters);
        _claims = new ShardClaims(Arbiter, journal, Standing, metrics, TimeProvider.System);
        var node = new ClusterNodeOptions
        {
            Name = options.Name, AdvertisedHost = "127.0.0.1", Port = 0, Secret = "a secret of these tests", Location = "/proj",
            TurnWindowMs = (int)options.TurnWindow.TotalMilliseconds,
        };
        _node = new ClusterNode(new ClusterParts(
            node, Arbiter, journal, Standing, _claims, metrics, new TcpPortProbe(TimeProvider.System, tls: null), () => IsCutOff = true, SystemEntropy.Instance, TimeProvider.System, Logs)
        {
            HoldFor = Patience,
            Large = new LargeCommands(options.Bodies),
        });
        var config = ConfigurationFactory.ParseString(
            """
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              coordinated-shutdown.run-by-actor-system-terminate = off
              remote.dot-netty.tcp {
                enable-ssl = off
                applied-adapters = ["trttl"]
              }
            }
            """);
        System = ActorSystem.Create(AkkaSettings.SystemName, BootstrapSetup.Create().WithConfig(config.WithFallback(AkkaSettings.Of(node))).And(_node.Verdicts));
        Cluster = Akka.Cluster.Cluster.Get(System);
    }

    public string Name { get; }

    public ActorSystem System { get; }

    public Akka.Cluster.Cluster Cluster { get; }

    public NodeStanding Standing { get; }

    public MemoryArbiter Arbiter { get; }

    public MemoryBatchStore Store { get; }

    public BatchJournal Journal { get; }

    public RecordingLogs Logs { get; } = new();

    public ClusterActors Actors { get; private set; } = null!;

    /// <summary>Gets the way in of this node's clients and tools.</summary>
    public ISessions Sessions { get; private set; } = null!;

    /// <summary>Gets why the process would have ended with exit code 6; null while it lives.</summary>
    public string? Death { get; private set; }

    public bool IsCutOff { get; private set; }

    public bool IsDraining => _node.Drain.HasBegun;

    public int MembersUp => Cluster.State.Members.Count(member => member.Status == MemberStatus.Up);

    public IReadOnlyList<int> Shards => _claims.Shards;

    public static async Task<TestNode> StartAsync(TestNodeOptions options, MemoryBatchDatabase batches, MemoryArbiterDatabase arbiters)
    {
        var store = new MemoryBatchStore(batches, $"{options.Name}-{Guid.NewGuid()}", TimeProvider.System);
        var journal = await BatchJournal.OpenAsync(store, new JournalOptions(), TimeProvider.System);
        var node = new TestNode(options, batches, arbiters, journal, store);
        var models = new TestModels(options.Rules);
        var setup = node._node.Share(new SessionSetup(
            new SessionsOptions(), TimeProvider.System, SystemEntropy.Instance, models, options.Tools?.Invoke(node) ?? models, models, models, new SessionMetrics(node._meters), journal, node.Logs));
        node.Actors = await ClusteringServices.StartSessionsAsync(node.System, node._node, setup, node.System.ActorOf(Props.Create(() => new TestHub()), "clients"));
        node.Sessions = new SessionsFacade(new Required<SessionRegion>(node.Actors.Entry), new Required<SessionIndexKey>(node.Actors.Index), new ActorsEnd(), setup);
        return node;
    }

    public Task JoinAsync() => _node.JoinAsync(System, CancellationToken.None);

    /// <summary>Sends a command once.</summary>
    public Task<object> AskOnceAsync(SessionId session, ISessionCommand command) => AskOnceAsync(Actors.Entry, session, command);

    public Task<object> AskAsync(SessionId session, ISessionCommand command, Action<Unavailable>? refused = null) => AskAsync(Actors.Entry, session, command, refused);

    /// <summary>Sends a command as a client does that goes on by the refusals: under one name, again while the node cannot take it. On a busy machine a look comes late, and the node is suspended rightly.</summary>
    /// <param name="entry">Takes the command.</param>
    /// <param name="session">The session.</param>
    /// <param name="command">The command.</param>
    /// <param name="refused">Gets the refusals.</param>
    public static async Task<object> AskAsync(IActorRef entry, SessionId session, ISessionCommand command, Action<Unavailable>? refused = null)
    {
        var named = new Named(Guid.NewGuid().ToString(), command);
        object answer = null!;
        await Eventually.TrueAsync(
            async () =>
            {
                answer = await AskOnceAsync(entry, session, named);
                if (answer is Unavailable refusal)
                    refused?.Invoke(refusal);
                return answer is not Unavailable;
            },
            () => $"{entry.Path} took {command.GetType().Name}, which it refused: {answer}");
        return answer;
    }

    public async Task<SessionId> CreateAsync(string title)
    {
        var ids = new IdFactory(TimeProvider.System, SystemEntropy.Instance.Fill);
        var session = ids.NewSession();
        Assert.IsType<Created>(await AskAsync(session, new Create(new Place("/proj", "global"), new CreateSession { Title = title })));
        return session;
    }

    public Task<object> UpdateAsync(SessionId session, string title, Action<Unavailable>? refused = null) => AskAsync(session, UpdateOf(title), refused);

    public static Update UpdateOf(string title) => new(new UpdateSession { Title = title });

    public Task<object> PromptAsync(SessionId session, string text) => AskAsync(session, new TakePrompt(new Prompt([new TextPromptPart(text)])));

    public async Task<int> CountBusyAsync() => (await Actors.Index.Ask<object>(new IndexQuery.ListStatus(), Patience)) is IndexQuery.Statuses statuses ? statuses.BySession.Count : -1;

    /// <summary>Reads a counter or gauge.</summary>
    public long Total(string metric)
    {
        _meters.Observe();
        return _meters.Totals.GetValueOrDefault(metric);
    }

    /// <summary>Reads the log as this node has it.</summary>
    public async Task<List<LogEntry>> LogAsync()
    {
        await Journal.CatchUpAsync(CancellationToken.None);
        var entries = new List<LogEntry>();
        await foreach (var page in Journal.ReadAsync(0, EntryFilter.All, CancellationToken.None))
            entries.AddRange(page.Entries);
        return entries;
    }

    /// <summary>Cuts the link to another node, or lets messages pass again.</summary>
    public async Task ThrottleAsync(TestNode other, bool isCut, ThrottleTransportAdapter.Direction direction = ThrottleTransportAdapter.Direction.Both)
    {
        ThrottleMode mode = isCut ? Blackhole.Instance : Unthrottled.Instance;
        var provider = (IRemoteActorRefProvider)((ExtendedActorSystem)System).Provider;
        Assert.True(await provider.Transport.ManagementCommand(new SetThrottle(other.Cluster.SelfAddress, direction, mode)));
    }

    /// <summary>Cuts the node from the database, both ways to it, or lets it reach it again.</summary>
    public void SetAway(bool isAway)
    {
        Arbiter.SetAway(isAway);
        Store.Cut(isAway);
    }

    /// <summary>Ends the node without a last word, as kill -9 does.</summary>
    public async Task KillAsync()
    {
        if (_isGone)
            return;

        _isGone = true;
        Store.Cut();
        Arbiter.SetAway(true);
        await Arbiter.DisposeAsync();
        await System.Terminate();
        _ = Journal.DisposeAsync().AsTask(); // Not waited for: it waits for the answers to its appends, which never come.
        _claims.Dispose();
        _meters.Dispose();
    }

    /// <summary>Stops the node as SIGTERM does.</summary>
    public async Task StopAsync()
    {
        await CoordinatedShutdown.Get(System).Run(CoordinatedShutdown.ClrExitReason.Instance);
        await System.WhenTerminated;
        await KillAsync();
    }

    private static Task<object> AskOnceAsync(IActorRef entry, SessionId session, ISessionCommand command) => entry.Ask<object>(new Deliver(session, command), Patience + Patience);

    // The process would have ended within the second.
    private void OnDeclaredDead(string reason)
    {
        Death = reason;
        _ = System.Terminate();
    }

    private sealed class Required<TKey>(IActorRef actor) : IRequiredActor<TKey>
    {
        public IActorRef ActorRef => actor;

        public Task<IActorRef> GetAsync(CancellationToken cancellationToken = default) => Task.FromResult(actor);
    }
}
