using System.Globalization;
using System.Net;
using OpenCode.Actors.Clustering.Settings;
using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Server.Settings;

/// <summary>The settings of this node in a cluster: from the command line and the environment, else from <c>server.cluster</c> of the configuration.</summary>
/// <param name="Connection">How to reach the database.</param>
/// <param name="Node">The node: name, addresses, secrets.</param>
internal sealed record ClusterSettings(string Connection, ClusterNodeOptions Node)
{
    public const string SecretVariable = "OPENCODE_CLUSTER_SECRET";

    private const string Source = "cluster";

    /// <summary>Reads them; null for a single server.</summary>
    /// <exception cref="ConfigException">It cannot be a node like this; lists every reason.</exception>
    public static ClusterSettings? Find(ServeSettings settings, ClusterConfig config)
    {
        var mistakes = new List<string>();
        if ((settings.Cluster ?? config.Connection) is not { } connection)
            return (settings.Node ?? settings.Advertise ?? settings.ClusterBind ?? settings.ClusterPort?.ToString(CultureInfo.InvariantCulture)) is null ? null : throw Alone();

        if (string.IsNullOrWhiteSpace(connection))
            mistakes.Add("--cluster: give a connection string of the database, such as \"Host=db;Database=opencode;Username=opencode;Password=...\".");
        var (host, port) = Advertised(settings, settings.Advertise ?? config.Advertise, mistakes);
        var node = new ClusterNodeOptions
        {
            Name = settings.Node ?? config.Node ?? NameOf(Environment.MachineName),
            AdvertisedHost = host,
            AdvertisedPort = port,
            BindAddress = settings.ClusterBind ?? config.Bind ?? (settings.IsLocalName ? IPAddress.Loopback.ToString() : ""),
            Port = settings.ClusterPort ?? config.Port,
            Secret = settings.ClusterSecret ?? config.Secret,
        };

        // An address that cannot be read is reported once.
        var failures = new ClusterNodeOptionsRules().Validate(null, node).Failures ?? [];
        mistakes.AddRange(failures.Where(failure => host.Length > 0 || !(failure.StartsWith("--advertise", StringComparison.Ordinal) || failure.StartsWith("--cluster-bind", StringComparison.Ordinal))));
        return mistakes.Count > 0 ? throw new ConfigException([.. mistakes.Select(static mistake => new ConfigMistake(Source, "", mistake))]) : new ClusterSettings(connection, node);
    }

    /// <summary>Sets the options of the node as they were given.</summary>
    public void CopyTo(ClusterNodeOptions options)
    {
        (options.Name, options.Secret) = (Node.Name, Node.Secret);
        (options.AdvertisedHost, options.AdvertisedPort) = (Node.AdvertisedHost, Node.AdvertisedPort);
        (options.BindAddress, options.Port) = (Node.BindAddress, Node.Port);
    }

    // Without a word about it, a node that was meant for a cluster would begin a data folder of its own.
    private static ConfigException Alone() =>
        new([new ConfigMistake(Source, "", "--node, --advertise, --cluster-port and --cluster-bind are for a node of a cluster: give --cluster CONNECTION too, or leave them out.")]);

    private static (string Host, int Port) Advertised(ServeSettings settings, string? given, List<string> mistakes)
    {
        if (given is null)
            return (settings.Hostname, 0);

        if (AdvertisedAddress.Parse(given, out var mistake) is { } address)
            return (address.Host, address.Port);

        mistakes.Add(mistake!);
        return ("", 0);
    }

    private static string NameOf(string machine) => new([.. machine.Where(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.').Take(60)]);
}
