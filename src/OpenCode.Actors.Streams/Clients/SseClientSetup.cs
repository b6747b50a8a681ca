using Akka.Actor;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Streams.Frames;
using OpenCode.Actors.Streams.Log;
using OpenCode.Actors.Streams.Metrics;
using OpenCode.Actors.Streams.Settings;

namespace OpenCode.Actors.Streams.Clients;

/// <summary>What all clients share.</summary>
/// <param name="Log">The journal and the ring.</param>
/// <param name="LogActor">Reads pages for clients behind the ring, and says when the tail has reached an offset.</param>
/// <param name="Events">Makes the frames that are in no log.</param>
/// <param name="Options">Timings and limits.</param>
/// <param name="Metrics">Counts.</param>
/// <param name="Time">The clock.</param>
/// <param name="Loggers">Makes the loggers.</param>
/// <param name="Repaints">Makes repaints; null where none are sent.</param>
/// <param name="Traces">Follows traced commands to their first frame; null where none is.</param>
internal sealed record SseClientSetup(
    EventLog Log, IActorRef LogActor, StreamEvents Events, EventStreamOptions Options, EventStreamMetrics Metrics, TimeProvider Time, ILoggerFactory Loggers,
    IActorRef? Repaints = null, JournalTraces? Traces = null)
{
    public ILogger<SseClientActor> ClientLogger { get; } = Loggers.CreateLogger<SseClientActor>();
}
