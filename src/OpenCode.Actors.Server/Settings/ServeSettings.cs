using System.Net;

namespace OpenCode.Actors.Server.Settings;

/// <summary>The settings of one run of <c>serve</c>, from the command line and the environment.</summary>
internal sealed record ServeSettings
{
    public string Hostname { get; init; } = "127.0.0.1";

    /// <summary>Gets the port; 0 picks a free one.</summary>
    public int Port { get; init; } = 4096;

    public required string DataFolder { get; init; }

    /// <summary>Gets a value indicating whether the server is refused where another one holds the data folder, instead of becoming a front of it.</summary>
    public bool Exclusive { get; init; }

    public string? ConfigFile { get; init; }

    /// <summary>Gets the least level of what is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.Information;

    /// <summary>Gets the options of opencode that were given and change nothing here, each with the reason.</summary>
    public IReadOnlyList<string> WithoutEffect { get; init; } = [];

    /// <summary>Gets further origins whose pages may use the server, exact.</summary>
    public IReadOnlyList<string> Cors { get; init; } = [];

    /// <summary>Gets further names under which the server may be addressed.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    public bool Insecure { get; init; }

    /// <summary>Gets how to reach the database of the cluster; null when the configuration says it, or this server is alone.</summary>
    public string? Cluster { get; init; }

    /// <summary>Gets the name of this node; null when the configuration says it, or the machine's is taken.</summary>
    public string? Node { get; init; }

    /// <summary>Gets where the other nodes reach this one, <c>HOST[:PORT]</c>; null when the configuration says it, or <see cref="Hostname"/> is taken.</summary>
    public string? Advertise { get; init; }

    /// <summary>Gets the port on which the other nodes reach this one, 0 for a free one; null when the configuration says it.</summary>
    public int? ClusterPort { get; init; }

    /// <summary>Gets the address to listen on for the other nodes; null when the configuration says it, or the advertised one is taken.</summary>
    public string? ClusterBind { get; init; }

    /// <summary>Gets the secrets by which nodes authenticate, one or more with commas between them; null when the configuration has them.</summary>
    public string? ClusterSecret { get; init; }

    /// <summary>Gets the location of requests that name none.</summary>
    public string WorkingFolder { get; init; } = Environment.CurrentDirectory;

    /// <summary>Gets the password; null when every user of this machine may use the server.</summary>
    public string? Password { get; init; }

    public string Username { get; init; } = "opencode";

    /// <summary>Gets a value indicating whether only this machine can reach the server.</summary>
    public bool IsLoopback => IsLocalName || (IPAddress.TryParse(Hostname, out var address) && IPAddress.IsLoopback(address));

    public bool IsLocalName => Hostname.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns why the server must not start like this, or null.</summary>
    public string? Refusal() => this switch
    {
        { IsLoopback: false, Password: null, Insecure: false } =>
            $"--hostname {Hostname} can be reached from other machines, and there is no password: set OPENCODE_SERVER_PASSWORD, or give --insecure if the network is yours alone.",
        { IsLocalName: false } when !IPAddress.TryParse(Hostname, out _) =>
            $"--hostname {Hostname}: give an IP address of this machine, or localhost.",
        _ => null,
    };
}
