namespace OpenCode.Actors.Server.Answers;

/// <summary>Answer of <c>GET /health/live</c>.</summary>
/// <param name="Healthy">Always true: a server that is not healthy does not answer.</param>
/// <param name="Version">Our own version.</param>
/// <param name="ProtocolVersion">The version of opencode whose protocol we speak.</param>
/// <param name="UptimeSeconds">Since the start of the server.</param>
internal sealed record LiveHealth(bool Healthy, string Version, string ProtocolVersion, double UptimeSeconds)
{
    /// <summary>Makes the answer of a live process.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="started">Its timestamp at the start.</param>
    public static LiveHealth Of(TimeProvider time, long started) => new(Healthy: true, Versions.Server, Versions.Protocol, Math.Round(time.GetElapsedTime(started).TotalSeconds, 3));
}
