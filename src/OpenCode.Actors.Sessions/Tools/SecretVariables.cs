using System.Collections.Frozen;

namespace OpenCode.Actors.Sessions.Tools;

/// <summary>The variables of the server's environment that the programs it starts do not get (rule "Secrets stay in the server"). Thread-safe.</summary>
/// <remarks>By default those that hold the credentials of the server, the secret of the cluster, and the keys to the collector of traces.</remarks>
internal sealed class SecretVariables
{
    // A configuration may name these too; they hold no secret, and programs need them.
    private static readonly FrozenSet<string> _plain = FrozenSet.Create(
        StringComparer.Ordinal,
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "OLDPWD", "TERM", "LANG", "LANGUAGE", "LC_ALL", "TZ", "TMPDIR", "HOSTNAME", "EDITOR", "VISUAL", "PAGER", "DISPLAY",
        "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy");

    private static readonly FrozenSet<string> _ofServer = FrozenSet.Create(
        StringComparer.Ordinal,
        "OPENCODE_SERVER_PASSWORD", "OPENCODE_SERVER_USERNAME", "OPENCODE_CLUSTER_SECRET",
        "OTEL_EXPORTER_OTLP_HEADERS", "OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_METRICS_HEADERS", "OTEL_EXPORTER_OTLP_LOGS_HEADERS");

    private readonly Lock _lock = new();

    private FrozenSet<string> _names = _ofServer;

    /// <summary>True if a variable is a secret of the server, also when no configuration names it.</summary>
    public static bool IsOfServer(string name) => _ofServer.Contains(name);

    /// <summary>Adds variables, for programs that start from now on. They stay: what a configuration named once is a secret, whatever it names later.</summary>
    public void Add(IEnumerable<string> names)
    {
        lock (_lock)
        {
            var added = names.Where(name => !_plain.Contains(name) && !_names.Contains(name)).ToHashSet(StringComparer.Ordinal);
            if (added.Count > 0)
                Volatile.Write(ref _names, _names.Concat(added).ToFrozenSet(StringComparer.Ordinal));
        }
    }

    /// <summary>Takes them out of the environment of a program that is to be started.</summary>
    public void RemoveFrom(IDictionary<string, string?> environment)
    {
        foreach (var name in Volatile.Read(ref _names))
            environment.Remove(name);
    }
}
