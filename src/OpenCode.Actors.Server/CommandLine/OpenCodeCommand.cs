using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Server.Storage;
using OpenCode.Actors.Sessions.Permissions.Doors;

namespace OpenCode.Actors.Server.CommandLine;

/// <summary>The command line: <c>serve</c>, <c>check</c>, <c>export</c>, <c>import</c>, <c>cluster status</c>, <c>--version</c>.</summary>
internal static class OpenCodeCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var home = UserHome.Path;
        var parsed = Create(Environment.GetEnvironmentVariable, home, ServeCommand.RunAsync, CheckCommand.RunAsync).Parse(args);
        if (parsed.Errors.Count == 0 || parsed.Action is not ParseErrorAction)
        {
            // The server handles signals itself.
            return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false });
        }

        foreach (var error in parsed.Errors)
            await Console.Error.WriteLineAsync(error.Message);

        await Console.Error.WriteLineAsync("Try --help.");
        return ExitCodes.BadOption;
    }

    public static RootCommand Create(Func<string, string?> variable, string home, Func<ServeSettings, Task<int>> serve, Func<string, Task<int>> check) =>
        new("A session server and event hub for coding agents that speaks opencode's HTTP and SSE API.")
        {
            Serve(variable, home, serve),
            Check(check),
            Export(variable, home),
            Import(variable, home),
            Cluster(),
        };

    private static Command Serve(Func<string, string?> variable, string home, Func<ServeSettings, Task<int>> serve)
    {
        var hostname = new Option<string>("--hostname") { Description = "Address to listen on.", DefaultValueFactory = _ => "127.0.0.1" };
        var port = new Option<int>("--port") { Description = "Port to listen on; 0 picks a free one.", DefaultValueFactory = _ => 4096 };
        var data = new Option<string?>("--data") { Description = "Data folder. Default: $XDG_DATA_HOME/opencode-actors.", HelpName = "DIR" };
        var exclusive = new Option<bool>("--exclusive") { Description = "Refuse to start where another server uses the data folder, instead of serving through it." };
        var config = new Option<string?>("--config") { Description = "A further opencode.json, above the user's own.", HelpName = "FILE" };
        var cors = new Option<string[]>("--cors") { Description = "A further origin whose pages may use the server. May be repeated.", HelpName = "ORIGIN", DefaultValueFactory = _ => [] };
        var hosts = new Option<string[]>("--allowed-host") { Description = "A further name of this server. May be repeated.", HelpName = "NAME", DefaultValueFactory = _ => [] };
        var insecure = new Option<bool>("--insecure") { Description = "Listen beyond this machine without a password." };
        var cluster = new Option<string?>("--cluster") { Description = "Be a node of the cluster of this PostgreSQL database. Needs OPENCODE_CLUSTER_SECRET.", HelpName = "CONNECTION" };
        var node = new Option<string?>("--node") { Description = "Name of this node in the cluster. Default: the machine's.", HelpName = "NAME" };
        var advertise = new Option<string?>("--advertise") { Description = "Where the other nodes reach this one. Default: the --hostname and the --cluster-port.", HelpName = "HOST[:PORT]" };
        var clusterPort = new Option<int?>("--cluster-port") { Description = "Port for the other nodes; 0 picks a free one. Default: 7096." };
        var clusterBind = new Option<string?>("--cluster-bind") { Description = "Address of this machine to listen on for the other nodes. Default: the advertised one.", HelpName = "ADDRESS" };
        cors.AllowMultipleArgumentsPerToken = true;
        var asOpenCode = new OpenCodeOptions();
        port.Validators.Add(CheckPort);
        clusterPort.Validators.Add(CheckPort);

        var command = new Command("serve", "Runs the server.") { hostname, port, data, exclusive, config, cors, hosts, insecure, cluster, node, advertise, clusterPort, clusterBind };
        asOpenCode.AddTo(command);
        command.SetAction((parsed, _) => serve(new ServeSettings
        {
            Hostname = parsed.GetRequiredValue(hostname),
            Port = parsed.GetRequiredValue(port),
            DataFolder = Path.GetFullPath(parsed.GetValue(data) ?? DataFolder.Default(variable, home)),
            Exclusive = parsed.GetValue(exclusive),
            ConfigFile = parsed.GetValue(config),
            LogLevel = asOpenCode.LogLevelOf(parsed),
            WithoutEffect = asOpenCode.WithoutEffect(parsed),
            Cors = parsed.GetRequiredValue(cors),
            AllowedHosts = parsed.GetRequiredValue(hosts),
            Insecure = parsed.GetValue(insecure),
            Cluster = parsed.GetValue(cluster),
            Node = parsed.GetValue(node),
            Advertise = parsed.GetValue(advertise),
            ClusterPort = parsed.GetValue(clusterPort),
            ClusterBind = parsed.GetValue(clusterBind),
            ClusterSecret = variable(ClusterSettings.SecretVariable) is { Length: > 0 } secret ? secret : null,
            Password = variable("OPENCODE_SERVER_PASSWORD") is { Length: > 0 } password ? password : null,
            Username = variable("OPENCODE_SERVER_USERNAME") is { Length: > 0 } username ? username : "opencode",
        }));
        return command;
    }

    private static void CheckPort(OptionResult result)
    {
        if (result.Tokens is [var token] && (!int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number is < 0 or > 65_535))
            result.AddError($"{result.Option.Name} {token.Value}: give 0 to 65535.");
    }

    private static Command Check(Func<string, Task<int>> check)
    {
        var folder = new Argument<string>("DIR") { Description = "A data folder. It is read, never changed." };
        var command = new Command("check", "Verifies a data folder.") { folder };
        command.SetAction((parsed, _) => check(Path.GetFullPath(parsed.GetRequiredValue(folder))));
        return command;
    }

    private static Command Export(Func<string, string?> variable, string home)
    {
        var (data, cluster) = Place("Take them from");
        var output = new Option<string?>("--output") { Description = "A new file for the lines. Default: stdout.", HelpName = "FILE" };
        var command = new Command("export", "Writes every session as a line of JSON. No server may use the data meanwhile.") { data, cluster, output };
        command.SetAction((parsed, _) => TransferCommand.ExportAsync(PlaceOf(parsed.GetValue(data), parsed.GetValue(cluster), mustExist: true, variable, home), parsed.GetValue(output)));
        return command;
    }

    private static Command Import(Func<string, string?> variable, string home)
    {
        var (data, cluster) = Place("Put them into");
        var file = new Argument<string>("FILE") { Description = "What export has written." };
        var command = new Command("import", "Takes exported sessions in, all or nothing; those that are there already stay as they are.") { data, cluster, file };
        command.SetAction((parsed, _) => TransferCommand.ImportAsync(PlaceOf(parsed.GetValue(data), parsed.GetValue(cluster), mustExist: false, variable, home), parsed.GetRequiredValue(file)));
        return command;
    }

    private static Command Cluster()
    {
        var connection = new Option<string>("--cluster") { Description = "The PostgreSQL database of the cluster.", HelpName = "CONNECTION", Required = true };
        var status = new Command("status", "Lists the nodes of the cluster with the shards they own and whether they are alive, as the database knows it.") { connection };
        status.SetAction((parsed, _) => ClusterStatusCommand.RunAsync(parsed.GetRequiredValue(connection)));
        return new Command("cluster", "About a cluster.") { status };
    }

    private static (Option<string?> Data, Option<string?> Cluster) Place(string what) => (
        new Option<string?>("--data") { Description = $"{what} this data folder. Default: that of serve.", HelpName = "DIR" },
        new Option<string?>("--cluster") { Description = $"{what} the PostgreSQL database of a cluster instead.", HelpName = "CONNECTION" });

    private static StoragePlace PlaceOf(string? data, string? cluster, bool mustExist, Func<string, string?> variable, string home) => cluster is null
        ? new FolderPlace(Path.GetFullPath(data ?? DataFolder.Default(variable, home)), mustExist)
        : new DatabasePlace(cluster);
}
