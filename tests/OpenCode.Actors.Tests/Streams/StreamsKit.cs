using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Streams.Clients;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Log;
using OpenCode.Actors.Streams.Metrics;
using OpenCode.Actors.Streams.Repaints;
using OpenCode.Actors.Streams.Settings;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Streams;

/// <summary>A log with its actors over a scripted journal, and clients in memory.</summary>
public abstract class StreamsKit : HubTestKit
{
    private IActorRef? _logActor;
    private IActorRef? _hub;

    protected StreamsKit(ulong? seed = null)
        : base(seed)
    {
    }

    internal ScriptedJournal Journal { get; } = new();

    internal EventStreamOptions Options { get; } = new() { HeadStartMs = 0 };

    internal EventStreamMetrics Metrics { get; } = new();

    internal new EventLog Log { get; private set; } = null!;

    internal SseClientSetup Setup { get; private set; } = null!;

    /// <summary>Gets the clients' actors, as their parent has them.</summary>
    internal IReadOnlyList<IActorRef> Clients => [.. Children(Hub).Where(child => !IsSupervisor(child))];

    /// <summary>Gets the parent of the clients' streams.</summary>
    internal IActorRef StreamSupervisor => Children(Hub).Single(IsSupervisor);

    /// <summary>Gets the actors that run the clients' streams.</summary>
    internal IReadOnlyList<IActorRef> RunningStreams => Children(StreamSupervisor);

    internal IActorRef LogActor => _logActor ?? throw new InvalidOperationException("Start first.");

    internal IActorRef Hub => _hub ?? throw new InvalidOperationException("Start first.");

    /// <summary>Gets or sets the requests that wait; null for a kit without repaints.</summary>
    internal IPendingRequests? Pending { get; set; }

    /// <summary>Starts the log and the hub; what is in the journal now is behind the ring.</summary>
    internal void Start(OpenCode.Actors.Journal.IJournal? journal = null)
    {
        Log = new EventLog(journal ?? Journal, Options);
        _logActor = Spawn(EventLogActor.PropsFor(Log, Logs), "log");
        var repaints = Pending is null ? null : Spawn(RepaintActor.PropsFor(Log, Pending, Time, Logs.CreateLogger<RepaintActor>()), "repaints");
        Setup = new SseClientSetup(Log, _logActor, new StreamEvents(new IdFactory(Time, Entropy.Fill)), Options, Metrics, Time, Logs, repaints);
        StartHub("clients");
    }

    /// <summary>Starts a hub; another one than before if there was one.</summary>
    internal void StartHub(string name)
    {
        _hub = Spawn(StreamHubActor.PropsFor(Setup), name);
        Run();
    }

    internal void Run() => RunDryAsync().GetAwaiter().GetResult();

    internal void Append(params OpenCode.Actors.Journal.EntryDraft[] drafts)
    {
        Journal.Append(drafts);
        Run();
    }

    internal static StreamRequest Bare(RecordingSseWriter writer, string? cursor = null, string location = "/a") =>
        new(StreamKind.Bare, location, sessionId: null, cursor, writer);

    internal static StreamRequest Wrapped(RecordingSseWriter writer, string? cursor = null) =>
        new(StreamKind.Wrapped, location: null, sessionId: null, cursor, writer);

    internal static StreamRequest OfSession(RecordingSseWriter writer, string session, string? cursor = null) =>
        new(StreamKind.Session, location: null, session, cursor, writer);

    /// <summary>Connects and runs until nothing is left to do.</summary>
    internal IActorRef Connect(StreamRequest request)
    {
        var answer = Hub.Ask<StreamHubActor.Connected>(new StreamHubActor.Connect(request));
        Run();
        return answer.GetAwaiter().GetResult().Client;
    }

    internal RecordingSseWriter ConnectWrapped(string? cursor = null, RecordingSseWriter? writer = null)
    {
        writer ??= new RecordingSseWriter();
        Connect(Wrapped(writer, cursor));
        return writer;
    }

    internal RecordingSseWriter ConnectBare(string? cursor = null, string location = "/a", RecordingSseWriter? writer = null)
    {
        writer ??= new RecordingSseWriter();
        Connect(Bare(writer, cursor, location));
        return writer;
    }

    /// <summary>Expects that nothing of the clients that have ended is left.</summary>
    internal void ExpectOpen(int count)
    {
        Run();
        Assert.Equal(count, Clients.Count);
        Assert.Equal(count, RunningStreams.Count);
        Assert.Equal(count, Log.Ring.Readers);
        Assert.Equal(count, Metrics.Open);
    }

    /// <summary>Expects that one end was logged for each stream that ended, and nothing by Akka beside it.</summary>
    internal void ExpectEnds(int count)
    {
        Assert.Equal(count, Logs.Records.Count(r => r.EventId == 2002));
        Assert.DoesNotContain(Logs.Records, r => r.EventId == 0);
        Assert.Empty(DeadLetters);
        Assert.Empty(Unhandled);
    }

    private static IReadOnlyList<IActorRef> Children(IActorRef parent) => [.. ((ActorRefWithCell)parent).Children];

    private static bool IsSupervisor(IActorRef child) => child.Path.Name.StartsWith("StreamSupervisor", StringComparison.Ordinal);

    internal string Id(long offset, long generation = 1, string suffix = "") => $"{Journal.Timeline.Id}.{generation}-{offset}{suffix}";
}
