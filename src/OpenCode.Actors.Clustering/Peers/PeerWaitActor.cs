using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Streams.Clients;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Clustering.Peers;

/// <summary>One question of a barrier to one node: ends when the node has answered, is gone, or is not worth waiting for.</summary>
/// <remarks>A node that is well says at once that it waits. One that does not is frozen or out of reach, and is waited for at most 1 s.</remarks>
internal sealed partial class PeerWaitActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _silenceLimit = TimeSpan.FromSeconds(1);

    private readonly StreamHubActor.WaitFlushed _wait;
    private readonly PeerStreams _peer;
    private readonly ILogger _logger;
    private bool _isWaiting;
    private bool _isReachable;

    public PeerWaitActor(StreamHubActor.WaitFlushed wait, PeerStreams peer, ILogger logger)
    {
        (_wait, _peer, _logger, _isReachable) = (wait, peer, logger, peer.IsReachable);

        Receive<PeerStreamsActor.Waiting>(_ => OnWaiting());
        Receive<StreamHubActor.Flushed>(_ => End());
        Receive<StreamHubActor.ShuttingDown>(_ => OnShuttingDown());
        Receive<PeerStreamsActor.PeerUnreachable>(_ => OnUnreachable());
        Receive<PeerStreamsActor.PeerReachable>(_ => OnReachable());
        Receive<PeerStreamsActor.PeerGone>(_ => End());
        Receive<Silent>(_ => OnSilent());
    }

    private sealed record Silent;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(StreamHubActor.WaitFlushed wait, PeerStreams peer, ILogger logger) =>
        Props.CreateBy(new ActorProducer<PeerWaitActor>(() => new PeerWaitActor(wait, peer, logger)));

    protected override void PreStart()
    {
        ArmSilence();
        _peer.Streams.Tell(new PeerStreamsActor.WaitHere(_wait.Location, _wait.Offset), Self);
    }

    private void OnWaiting()
    {
        _isWaiting = true;
        DisarmSilence();
    }

    private void OnUnreachable()
    {
        _isReachable = false;
        if (!Timers.IsTimerActive(nameof(Silent)))
            ArmSilence();
    }

    private void OnReachable()
    {
        _isReachable = true;
        DisarmSilence();
    }

    private void OnShuttingDown()
    {
        Context.Parent.Tell(new PeerStreamsActor.PeerResets(_peer.Node));
        End();
    }

    private void OnSilent()
    {
        LogSilent(_logger, _peer.Node.Address, _wait.Location);
        End();
    }

    private void ArmSilence() => Timers.StartSingleTimer(nameof(Silent), new Silent(), _silenceLimit);

    private void DisarmSilence()
    {
        if (_isWaiting && _isReachable)
            Timers.Cancel(nameof(Silent));
    }

    private void End() => Context.Stop(Self);

    [LoggerMessage(EventId = 7081, Level = LogLevel.Debug, Message = "{Node} did not answer for 1 s: its streams of {Location} are not waited for.")]
    private static partial void LogSilent(ILogger logger, Address node, string? location);
}
