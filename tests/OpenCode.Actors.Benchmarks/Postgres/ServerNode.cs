using System.Diagnostics;
using System.Text;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.Benchmarks.Postgres;

/// <summary>The server as users run it, as a node of a cluster of one.</summary>
internal sealed class ServerNode : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _folder;

    private ServerNode(Process process, string folder, string address) => (_process, _folder, Address) = (process, folder, address);

    public string Address { get; }

    public static async Task<ServerNode> StartAsync(string connectionString)
    {
        var folder = Directory.CreateTempSubdirectory("postgres-benchmark-").FullName;
        var start = new ProcessStartInfo("dotnet", [Dll(), "serve", "--port", $"{PostgresServer.FreePort()}", "--data", Path.Combine(folder, "data"), "--cluster", connectionString, "--node", "benchmark", "--cluster-port", $"{PostgresServer.FreePort()}"])
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        start.Environment["OPENCODE_CLUSTER_SECRET"] = "the-secret-of-the-benchmark";
        start.Environment["HOME"] = folder;
        var process = Process.Start(start)!;
        var errors = new StringBuilder();
        process.ErrorDataReceived += (_, line) => errors.AppendLine(line.Data);
        process.BeginErrorReadLine();
        const string Listening = "opencode server listening on ";
        while (await process.StandardOutput.ReadLineAsync() is { } line)
        {
            if (!line.StartsWith(Listening, StringComparison.Ordinal))
                continue;

            _ = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            return new(process, folder, line[Listening.Length..]);
        }

        await process.WaitForExitAsync();
        throw new InvalidOperationException($"The server ended before it listened: {errors}");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Dll() => Path.Combine(PostgresServer.Checkout(), "src", "OpenCode.Actors.Server", "bin", "Release", "net10.0", "opencode-actors.dll");
}
