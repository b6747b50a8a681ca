using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Batches;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Sessions.Live;
using OpenCode.Actors.Sessions.Metrics;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Log;
using OpenCode.Actors.Streams.Metrics;
using OpenCode.Actors.Tests.Sessions;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Simulation;

/// <summary>One life of the node: its journal, all its actors, and the way in. They end together.</summary>
internal sealed class HubNode
{
    private readonly ActorsEnd _end = new();
    private readonly List<IActorRef> _actors;

    /// <summary>Opens what is on the disk and starts all actors; nothing of them runs yet.</summary>
    /// <param name="world">The machine it runs on.</param>
    /// <param name="life">Which life it is, from 1.</param>
    public HubNode(World world, int life)
    {
        Life = life;
        Journal = world.Disk.OpenAsync(world.JournalOptions, world.Kit.Time).GetAwaiter().GetResult();
        var stepped = new SteppedJournal(Journal, world.Kit.Simulation);
        (SessionsJournal, StreamsJournal) = (new TroubledJournal(stepped), new TroubledJournal(stepped));

        var (logs, time, entropy) = (world.Kit.Logs, world.Kit.Time, world.Kit.Entropy);
        var sessions = new SessionSetup(
            world.SessionsOptions, time, entropy, world.Model, world.Tools, world.Tools, world.Permissions, new SessionMetrics(world.Meters), SessionsJournal, logs);
        TaskFlags.ContinueInline(sessions.Learned.WhenFilled); // Many sessions wait for it at a start.
        JournalActor = world.Kit.Spawn(
            OpenCode.Actors.Sessions.Journal.JournalActor.PropsFor(SessionsJournal, new AppendLedger(), sessions.Metrics, logs.CreateLogger<JournalActor>()), Name("journal"));
        Region = world.Kit.Spawn(
            LocalSessionRegion.PropsFor(id => SessionActor.PropsFor(id, JournalActor, sessions), time, sessions.Metrics, logs.CreateLogger<LocalSessionRegion>()), Name("sessions"));
        Index = world.Kit.Spawn(SessionIndexActor.PropsFor(Region, sessions), Name("index"));
        Sessions = new SessionsFacade(new SessionsKit.Required<SessionRegion>(Region), new SessionsKit.Required<SessionIndexKey>(Index), _end, sessions);
        Ids = sessions.Ids;

        Log = new EventLog(StreamsJournal, world.StreamOptions);
        LogActor = world.Kit.Spawn(EventLogActor.PropsFor(Log, logs), Name("log"));
        Streams = new EventStreamMetrics(world.Meters);
        Hub = world.Kit.Spawn(
            StreamHubActor.PropsFor(new SseClientSetup(Log, LogActor, new StreamEvents(new IdFactory(time, entropy.Fill)), world.StreamOptions, Streams, time, logs)), Name("clients"));
        _actors = [JournalActor, Region, Index, LogActor, Hub];
    }

    public int Life { get; }

    /// <summary>Gets the journal itself: the test reads it without steps.</summary>
    public BatchJournal Journal { get; }

    public TroubledJournal SessionsJournal { get; }

    public TroubledJournal StreamsJournal { get; }

    public IActorRef JournalActor { get; }

    public IActorRef Region { get; }

    public IActorRef Index { get; }

    public ISessions Sessions { get; }

    public IdFactory Ids { get; }

    public EventLog Log { get; }

    public IActorRef LogActor { get; }

    public IActorRef Hub { get; }

    public EventStreamMetrics Streams { get; }

    /// <summary>Gets a value indicating whether the journal is dead: the process would end itself.</summary>
    public bool IsDead => Journal.Died.IsCompleted;

    /// <summary>Gets what the options of the server say of the rows that retention has to keep entries for.</summary>
    public static string HeldRows => Rows.Open;

    /// <summary>True if a path is one of this life's.</summary>
    public bool Has(ActorPath path) => _actors.Exists(actor => path.ToStringWithoutAddress().StartsWith(actor.Path.ToStringWithoutAddress(), StringComparison.Ordinal));

    /// <summary>Returns the children of an actor in the order of their names: Akka's own depends on hashes, and the numbers in names of streams on what ran before.</summary>
    public static IReadOnlyList<IActorRef> ChildrenOf(IActorRef parent) =>
        [.. ((ActorRefWithCell)parent).Children.OrderBy(static child => child.Path.Name.Length).ThenBy(static child => child.Path.Name, StringComparer.Ordinal)];

    /// <summary>Stops all actors; none of them runs before that.</summary>
    public void Stop(HubTestKit kit)
    {
        foreach (var actor in _actors)
            kit.Sys.Stop(actor);

        // As a step: an ask that was begun since the last one would end on the thread pool.
        kit.Simulation.Outside("the actors end", _end.Set);
    }

    private string Name(string actor) => $"{actor}-{Life}";
}
