using Akka.Actor;
using OpenCode.Actors.Clustering.Metrics;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Readiness;

namespace OpenCode.Actors.Clustering.Entry;

/// <summary>What the entry needs.</summary>
/// <param name="Region">Akka's shard region.</param>
/// <param name="Availability">Whether commands are taken.</param>
/// <param name="Metrics">Counts what is held, sent again, given up, and answered by other nodes.</param>
/// <param name="Time">The clock.</param>
/// <param name="Entropy">Makes the names of commands.</param>
/// <param name="MaxHeldCommands">How many commands are held.</param>
/// <param name="MaxHeldBytes">How many bytes they may have together.</param>
internal sealed record EntrySetup(IActorRef Region, NodeAvailability Availability, ClusterMetrics Metrics, TimeProvider Time, IEntropy Entropy, int MaxHeldCommands, long MaxHeldBytes)
{
    /// <summary>How long a command is held, unless it is said otherwise.</summary>
    public static readonly TimeSpan Hold = TimeSpan.FromSeconds(8);

    /// <summary>Gets how long a command is held.</summary>
    public TimeSpan HoldFor { get; init; } = Hold;

    /// <summary>Gets the way of commands over 256 KiB; null to refuse those over <see cref="EntryActor.MaxCommandBytes"/>.</summary>
    public LargeCommands? Large { get; init; }

    /// <summary>Gets what makes the word by which the region forgets where a session's shard is; null, as its answer, where it need not.</summary>
    public Func<SessionId, object?>? ForgetHome { get; init; }
}
