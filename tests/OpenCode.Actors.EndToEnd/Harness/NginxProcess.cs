namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>nginx in front of servers, as a process of a test.</summary>
internal sealed class NginxProcess : IAsyncDisposable
{
    private static readonly string[] TempFolders = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];

    private readonly ChildProcess _process;

    private NginxProcess(ChildProcess process, Uri root)
    {
        _process = process;
        Root = root;
    }

    public Uri Root { get; }

    /// <summary>Starts it with its default settings in front of one server: only what it needs to run as a test's own process is set.</summary>
    public static async Task<NginxProcess> StartAsync(Uri upstream, string folder)
    {
        var port = Ports.Free();
        var config = Path.Combine(folder, "nginx.conf");
        await File.WriteAllTextAsync(config, $$"""
            events { }
            http {
              access_log off;
            {{TempPaths(folder)}}  server {
                listen 127.0.0.1:{{port}};
                location / { proxy_pass {{upstream.ToString().TrimEnd('/')}}; }
              }
            }
            """);
        return await StartAsync(config, folder, port);
    }

    /// <summary>Starts it as the cluster's balancer, with the shipped configuration: one process, which takes the nodes strictly in turn, and names the one that answered as <c>X-Node</c>.</summary>
    public static async Task<NginxProcess> BalanceAsync(IEnumerable<Uri> nodes, string folder)
    {
        var port = Ports.Free();
        var config = Path.Combine(folder, "nginx.conf");
        File.Copy(Path.Combine(Repository.Root, "cluster-config", "nginx.conf"), config);
        await File.WriteAllTextAsync(Path.Combine(folder, "listen.conf"), $"listen 127.0.0.1:{port}; add_header X-Node $upstream_addr always;");
        await File.WriteAllTextAsync(
            Path.Combine(folder, "nodes.conf"),
            $"{Upstream("nodes", nodes, "max_fails=1 fail_timeout=2s")}{Upstream("prompts", nodes, "max_fails=0")}{TempPaths(folder)}");
        return await StartAsync(config, folder, port);
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string Upstream(string name, IEnumerable<Uri> nodes, string limits) =>
        $"upstream {name} {{ zone {name} 64k; {string.Concat(nodes.Select(node => $"server {node.Authority} {limits}; "))} }}\n";

    private static string TempPaths(string folder) => string.Concat(TempFolders.Select(name => $"  {name}_temp_path {folder}/{name};\n"));

    private static async Task<NginxProcess> StartAsync(string config, string folder, int port)
    {
        var process = ChildProcess.Start(
            Programs.Find("nginx")!, ["-p", folder, "-c", config, "-e", "stderr", "-g", $"daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr;"], folder);
        var nginx = new NginxProcess(process, new Uri($"http://127.0.0.1:{port}"));
        using var api = new Api(nginx.Root);
        await Eventually.TrueAsync(
            async () =>
            {
                Assert.False(process.HasExited, process.Errors);
                try
                {
                    await api.GetAsync("/global/health");
                    return true;
                }
                catch (HttpRequestException)
                {
                    return false;
                }
            },
            "nginx to serve");
        return nginx;
    }
}
