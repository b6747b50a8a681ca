using Akka.Actor;

namespace OpenCode.Actors.Streams.Log;

/// <summary>Why the node stops: its log can no longer be followed or read.</summary>
internal sealed class LogLostReason : CoordinatedShutdown.Reason
{
    private LogLostReason()
    {
    }

    public static LogLostReason Instance { get; } = new();

    /// <summary>Gets 1: Akka would end the process with it if it were configured so. It is not; the host decides.</summary>
    public override int ExitCode => 1;
}
