using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Npgsql;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>A PostgreSQL of this test alone: data in a temporary folder, a free port on loopback, ended with the test or with its process.</summary>
/// <remarks>Has the role and the database of <c>src/OpenCode.Actors.Storage/Postgres/init.sql</c>. Runs as an unprivileged user where the tests run as root, since PostgreSQL refuses root. Also used by the benchmarks.</remarks>
internal sealed partial class PostgresServer : IAsyncDisposable
{
    internal const string AdminPassword = "of-the-tests";

    // Ends the server when the tests' end of the pipe is closed, however they died. Its first line is the process id of the server.
    private const string Guard =
        """
        log=$1; shift
        exec 3<&0
        "$@" 3<&- >> "$log" 2>&1 &
        server=$!
        echo $server
        ( cat <&3 > /dev/null; kill -QUIT $server ) &
        guard=$!
        wait $server
        kill $guard
        """;

    // What initdb and init.sql make is the same for every server on one disk: made once in this process, and copied.
    private static readonly Lazy<Task<PostgresServer>> _template = new(MakeTemplateAsync);

    private static int _ports = Random.Shared.Next(15_000);

    private readonly string _folder;
    private readonly PostgresDisks _disks;
    private Process? _guard;
    private int _schemas;

    private PostgresServer(string folder, int port, PostgresDisks disks) => (_folder, Port, _disks) = (folder, port, disks);

    /// <summary>Gets a value indicating whether PostgreSQL is on this machine.</summary>
    public static bool IsInstalled => Binaries is not null;

    public int Port { get; }

    /// <summary>Gets the process id of the server itself, the parent of all its backends.</summary>
    public int ProcessId { get; private set; }

    /// <summary>Gets how nodes connect: with no more rights than init.sql gives.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={Port};Database=opencode;Username=opencode;Password=opencode";

    public string AdminConnectionString => $"Host=127.0.0.1;Port={Port};Database=opencode;Username=postgres;Password={AdminPassword}";

    public string Log => File.Exists(LogFile) ? File.ReadAllText(LogFile) : "";

    private string LogFile => Path.Combine(_folder, "server.log");

    private string Settings => Path.Combine(_folder, "settings.conf");

    internal string Data => Path.Combine(_disks.Data ?? _folder, "data");

    private string[] AsServer => [.. _disks.Enter, .. AsUser];

    private string Backup => Path.Combine(_folder, "backup");

    private static string? Binaries { get; } = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(d => Path.Combine(d, "bin")).FirstOrDefault(d => File.Exists(Path.Combine(d, "initdb")))
        : null;

    // As root: change the user, since PostgreSQL refuses to be run by root.
    internal static string[] AsUser => Environment.UserName == "root" ? ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] : [];

    /// <summary>Gets a value indicating whether the server has ended, by itself or by a stop.</summary>
    public bool HasExited => _guard is null or { HasExited: true };

    /// <summary>Makes and starts a server.</summary>
    /// <param name="settings">Lines of postgresql.conf.</param>
    public static Task<PostgresServer> StartAsync(params string[] settings) => StartAsync(new PostgresDisks([]), settings);

    /// <summary>Makes and starts a server whose files are not all on one disk.</summary>
    /// <param name="disks">Where they are.</param>
    /// <param name="settings">Lines of postgresql.conf.</param>
    public static async Task<PostgresServer> StartAsync(PostgresDisks disks, params string[] settings)
    {
        var server = await MakeFolderAsync(disks, settings);
        try
        {
            if (disks.Enter.Count > 0)
            {
                await server.MakeAsync();
            }
            else
            {
                await RunAsync([.. AsUser, "cp", "-a", (await _template.Value).Data, server.Data]);
                await server.StartAgainAsync();
            }
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    /// <summary>Starts the server on its data and waits until it takes connections.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo("sh") { WorkingDirectory = "/", RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var argument in (string[])["-c", Guard, "sh", LogFile, .. AsServer, Program("postgres"), "-D", Data, "-c", $"config_file={Settings}"])
            start.ArgumentList.Add(argument);

        _guard?.Dispose(); // of a server that has ended by itself
        _guard = Process.Start(start)!;
        ProcessId = int.Parse((await _guard.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
        await WaitUntilReadyAsync();
    }

    /// <summary>Ends the server as an orderly restart does: connections are cut, all is written.</summary>
    public Task StopAsync() => EndAsync(interrupt: 2);

    /// <summary>Ends the server at once, as <c>pg_ctl stop -m immediate</c> does: the next start recovers from the log.</summary>
    public Task CrashAsync() => EndAsync(interrupt: 3);

    /// <summary>Copies the data of the server, which has to be stopped.</summary>
    public Task BackupAsync() => RunAsync([.. AsUser, "cp", "-a", Data, Backup]);

    /// <summary>Puts the data back that was copied, as a restored disk has it. The server has to be stopped.</summary>
    public async Task RestoreAsync()
    {
        await RunAsync([.. AsUser, "rm", "-rf", Data]);
        await RunAsync([.. AsUser, "cp", "-a", Backup, Data]);
    }

    /// <summary>Begins another timeline of the server, which has to be stopped: as the promotion of a standby does.</summary>
    public Task BeginTimelineAsync() => RunAsync([.. AsUser, Program("pg_resetwal"), "-l", "0000000200000000000000F0", Data]);

    /// <summary>Stops a process of the server where it is (SIGSTOP).</summary>
    public static void Freeze(int processId) => _ = Kill(processId, 19);

    public static void Thaw(int processId) => _ = Kill(processId, 18);

    /// <summary>Makes an empty schema of its own for a test.</summary>
    /// <returns>The connection string that leads to it.</returns>
    public async Task<string> CreateSchemaAsync()
    {
        var schema = $"test_{Interlocked.Increment(ref _schemas)}";
        await ExecuteAsync($"CREATE SCHEMA {schema} AUTHORIZATION opencode");
        return $"{ConnectionString};Search Path={schema}";
    }

    /// <summary>Runs a statement as the superuser.</summary>
    public async Task<object?> ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(AdminConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await CrashAsync();
        Directory.Delete(_folder, recursive: true);
    }

    internal static string Program(string name) =>
        Path.Combine(Binaries ?? throw new InvalidOperationException("PostgreSQL is not installed: tests/run.sh installs it."), name);

    /// <summary>Finds a port that is free, below those that the system gives to connections: one of them could take the port of a server that is down for a moment.</summary>
    public static int FreePort()
    {
        while (true)
        {
            using var listener = new TcpListener(IPAddress.Loopback, 15_000 + (Interlocked.Increment(ref _ports) % 15_000)); // no port twice: its taker may not listen yet
            try
            {
                listener.Start();
                return ((IPEndPoint)listener.LocalEndpoint).Port;
            }
            catch (SocketException)
            {
                // Taken.
            }
        }
    }

    internal static async Task RunAsync(string[] commandLine, (string Name, string Value)? environment = null)
    {
        var start = new ProcessStartInfo(commandLine[0], commandLine[1..]) { WorkingDirectory = "/", RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        if (environment is var (name, value))
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', commandLine)} ended with {process.ExitCode}: {await output}{errors}");
    }

    internal static async Task<PostgresServer> MakeFolderAsync(PostgresDisks disks, string[] settings)
    {
        var folder = Path.Combine(Path.GetTempPath(), $"oc-postgres-{Environment.ProcessId}-{Guid.NewGuid():N}");
        await RunAsync([.. AsUser, "mkdir", folder]);
        var server = new PostgresServer(folder, FreePort(), disks);
        await File.WriteAllLinesAsync(server.Settings, [$"include '{server.Data}/postgresql.conf'", "listen_addresses = '127.0.0.1'", $"port = {server.Port}", "unix_socket_directories = ''", .. settings]);
        return server;
    }

    private static async Task<PostgresServer> MakeTemplateAsync()
    {
        var server = await MakeFolderAsync(new PostgresDisks([]), []);
        await server.MakeAsync();
        await server.StopAsync();

        // Gone with this process, however it ends: the runner of tests does not wait for what is done at the exit.
        server._guard = Process.Start(new ProcessStartInfo("sh", ["-c", "exec > /dev/null 2>&1; cat; rm -rf \"$1\"", "sh", server._folder]) { WorkingDirectory = "/", RedirectStandardInput = true, UseShellExecute = false });
        return server;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int processId, int signal);

    private async Task MakeAsync()
    {
        var passwords = Path.Combine(_folder, "password");
        await File.WriteAllTextAsync(passwords, AdminPassword);
        string[] wal = _disks.Enter.Count == 0 ? [] : ["-X", Path.Combine(_disks.Wal ?? _folder, "wal"), "--wal-segsize=1"];
        await RunAsync([.. AsServer, Program("initdb"), "-D", Data, .. wal, "--no-sync", "-U", "postgres", $"--pwfile={passwords}", "-A", "scram-sha-256", "-E", "UTF8", "--no-locale"]);
        await StartAgainAsync();
        await InitAsync();
    }

    private Task InitAsync()
    {
        var script = Path.Combine(Checkout(), "src", "OpenCode.Actors.Storage", "Postgres", "init.sql");
        return RunAsync(
            [Program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", $"{Port}", "-U", "postgres", "-f", script, "postgres"], ("PGPASSWORD", AdminPassword));
    }

    public static string Checkout()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OpenCode.Actors.sln")))
            folder = folder.Parent;

        return folder?.FullName ?? throw new DirectoryNotFoundException($"No OpenCode.Actors.sln above {AppContext.BaseDirectory}: run this from a checkout.");
    }

    private async Task WaitUntilReadyAsync()
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={Port};Database=postgres;Username=postgres;Password={AdminPassword};Pooling=false");
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException e)
            {
                if (_guard!.HasExited || clock.Elapsed > TimeSpan.FromSeconds(60))
                    throw new InvalidOperationException($"PostgreSQL does not take connections: {Log}", e);
            }

            await Task.Delay(20);
        }
    }

    private async Task EndAsync(int interrupt)
    {
        if (_guard is not { } guard)
            return;

        _guard = null;
        _ = Kill(ProcessId, 18); // It may have been frozen.
        _ = Kill(ProcessId, interrupt);
        await guard.WaitForExitAsync();
        await guard.StandardInput.DisposeAsync();
        guard.Dispose();
    }
}

/// <summary>Where a server has its files.</summary>
/// <param name="Enter">Begins the command line of a program that sees them.</param>
/// <param name="Data">The folder for its data; one on the disk of all if null.</param>
/// <param name="Wal">The folder for its write-ahead log, in small pieces; one on the disk of all if null.</param>
internal sealed record PostgresDisks(IReadOnlyList<string> Enter, string? Data = null, string? Wal = null);
