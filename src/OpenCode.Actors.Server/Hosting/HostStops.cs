using Akka.Actor;

namespace OpenCode.Actors.Server.Hosting;

/// <summary>The reason of a coordinated shutdown that the host began: a signal, the end of a test, or a start that failed.</summary>
internal sealed class HostStops : CoordinatedShutdown.Reason
{
    private HostStops()
    {
    }

    public static HostStops Reason { get; } = new();

    // Main returns the exit code of the process itself.
    public override int ExitCode => 0;
}
