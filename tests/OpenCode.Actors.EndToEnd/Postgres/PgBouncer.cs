using System.Net.Sockets;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary>A pool of connections before a PostgreSQL, as a process of a test.</summary>
internal sealed class PgBouncer : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly string _folder;
    private readonly PostgresServer _server;
    private readonly int _port;

    private PgBouncer(ChildProcess process, string folder, PostgresServer server, int port) => (_process, _folder, _server, _port) = (process, folder, server, port);

    public string ConnectionString => _server.ConnectionString.Replace($"Port={_server.Port}", $"Port={_port}", StringComparison.Ordinal);

    /// <summary>Starts it.</summary>
    /// <param name="server">What it is before.</param>
    /// <param name="mode">For how long a client has a connection: session, transaction or statement.</param>
    /// <param name="ignored">Startup parameters that it throws away; it refuses others that it does not know.</param>
    public static async Task<PgBouncer> StartAsync(PostgresServer server, string mode, string ignored)
    {
        var folder = Directory.CreateTempSubdirectory("oc-pgbouncer-").FullName;
        var port = Ports.Free();
        var config = Path.Combine(folder, "pgbouncer.ini");
        await File.WriteAllTextAsync(config, $"""
            [databases]
            opencode = host=127.0.0.1 port={server.Port} dbname=opencode user=opencode password=opencode
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            ignore_startup_parameters = {ignored}
            """);

        // It refuses root.
        string[] user = Environment.UserName == "root" ? ["-u", "nobody"] : [];
        var process = ChildProcess.Start(Programs.Find("pgbouncer")!, [.. user, config], folder);
        var pool = new PgBouncer(process, folder, server, port);
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.False(process.HasExited, process.Errors);
                try
                {
                    using var client = new TcpClient();
                    await client.ConnectAsync("127.0.0.1", port);
                    return true;
                }
                catch (SocketException)
                {
                    return false;
                }
            },
            "pgbouncer to listen");
        return pool;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
