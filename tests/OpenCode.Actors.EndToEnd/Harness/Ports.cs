namespace OpenCode.Actors.EndToEnd.Harness;

internal static class Ports
{
    /// <summary>Finds a port of the loopback address that nothing listens on, and that the system gives to no connection while its server is down.</summary>
    public static int Free() => PostgresServer.FreePort();
}
