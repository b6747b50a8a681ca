using System.Net;
using OpenCode.Actors.Server.CommandLine;
using OpenCode.Actors.Server.Config;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>How this server is a node of a cluster. From the command line and the environment, else from <c>server.cluster</c> of the configuration.</summary>
/// <param name="Connection">How to reach the database.</param>
/// <param name="Node">The name of this node, which stays over restarts.</param>
/// <param name="Url">Where the other nodes reach it.</param>
/// <param name="Secrets">What nodes prove themselves with: the first is sent, all are taken.</param>
/// <param name="MovesPerSecond">How many shards it gives away in a second to even out the load.</param>
internal sealed record ClusterSettings(string Connection, string Node, Uri Url, IReadOnlyList<string> Secrets, int MovesPerSecond)
{
    public const string SecretVariable = "OPENCODE_CLUSTER_SECRET";

    private const int LeastSecret = 16;
    private const int LongestName = 40;
    private const string Source = "cluster";

    /// <summary>Reads them; null when this server is to be alone.</summary>
    /// <exception cref="ConfigException">It cannot be a node like this; lists every reason.</exception>
    public static ClusterSettings? Find(ServeSettings settings, ClusterConfig config)
    {
        if ((settings.Cluster ?? config.Connection) is not { } connection)
            return null;

        var mistakes = new List<ConfigMistake>();
        if (string.IsNullOrWhiteSpace(connection))
            Wrong("--cluster", "give a connection string of the database, such as \"Host=db;Database=opencode;Username=opencode;Password=...\".");
        var node = settings.Node ?? config.Node ?? NameOf(Environment.MachineName);
        if (node.Length is 0 or > LongestName || !node.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.'))
            Wrong("--node", $"'{node}' is no name of a node: give 1 to {LongestName} letters, digits or _ - . that no other node has.");
        var secrets = (settings.ClusterSecret?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? config.Secrets).ToList();
        if (secrets.Count == 0)
            Wrong(SecretVariable, $"nodes need a secret that all of them have: set {SecretVariable} to {LeastSecret} or more characters, the same on every node (two, with a comma, while it changes).");
        else if (secrets.Exists(static secret => secret.Length < LeastSecret || !secret.All(static c => c is > ' ' and <= '~')))
            Wrong(SecretVariable, $"give {LeastSecret} or more visible ASCII characters in each secret.");
        var url = Advertised(settings, settings.Advertise ?? config.Advertise, Wrong);

        return mistakes.Count > 0 ? throw new ConfigException(mistakes) : new ClusterSettings(connection, node, url!, secrets, config.MovesPerSecond);

        void Wrong(string key, string message) => mistakes.Add(new ConfigMistake(Source, key, message));
    }

    private static Uri? Advertised(ServeSettings settings, string? given, Action<string, string> wrong)
    {
        if (given is not null)
        {
            if (Uri.TryCreate(given, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { PathAndQuery: "/", UserInfo: "" })
                return url;

            wrong("--advertise", $"'{given}' is no address of a server: give one like http://10.0.0.1:4096, without a path.");
            return null;
        }

        if (settings.Port == 0)
            wrong("--advertise", "with --port 0 nobody knows where this node is: give a --port, or --advertise URL.");
        else if (IPAddress.TryParse(settings.Hostname, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)))
            wrong("--advertise", $"--hostname {settings.Hostname} is no address that other nodes can use: give --advertise http://ADDRESS:{settings.Port}.");
        else
            return new UriBuilder(Uri.UriSchemeHttp, settings.Hostname, settings.Port).Uri;
        return null;
    }

    private static string NameOf(string machine)
    {
        var name = new string([.. machine.Where(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')]);
        return name.Length > LongestName ? name[..LongestName] : name;
    }
}
