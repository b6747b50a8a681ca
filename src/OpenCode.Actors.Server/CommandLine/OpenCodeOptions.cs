using System.CommandLine;

namespace OpenCode.Actors.Server.CommandLine;

/// <summary>The options of <c>opencode serve</c> that launchers pass. Those without effect here are accepted and reported once.</summary>
internal sealed class OpenCodeOptions
{
    private readonly Option<string> _logLevel = new("--log-level") { Description = "Least level of what is logged.", HelpName = "LEVEL", DefaultValueFactory = static _ => "INFO" };
    private readonly Option<bool> _printLogs = new("--print-logs") { Description = "Log to stderr, as it always does." };
    private readonly Option<bool> _pure = new("--pure") { Description = "No effect: there are no plugins." };
    private readonly Option<bool> _mdns = new("--mdns") { Description = "No effect: the server is not announced." };
    private readonly Option<string?> _mdnsDomain = new("--mdns-domain") { Description = "No effect, as --mdns.", HelpName = "NAME" };

    public OpenCodeOptions() => _logLevel.AcceptOnlyFromAmong("DEBUG", "INFO", "WARN", "ERROR");

    public void AddTo(Command serve)
    {
        Option[] all = [_logLevel, _printLogs, _pure, _mdns, _mdnsDomain, new VersionOption("--version", "-v")];
        foreach (var option in all)
            serve.Add(option);
    }

    public LogLevel LogLevelOf(ParseResult parsed) => parsed.GetRequiredValue(_logLevel) switch
    {
        "DEBUG" => LogLevel.Debug,
        "WARN" => LogLevel.Warning,
        "ERROR" => LogLevel.Error,
        _ => LogLevel.Information,
    };

    /// <summary>Lists the given options that have no effect, as sentences.</summary>
    public IReadOnlyList<string> WithoutEffect(ParseResult parsed)
    {
        var said = new List<string>();
        if (parsed.GetValue(_pure))
            said.Add("--pure has no effect: there are no plugins.");
        if (parsed.GetValue(_mdns))
            said.Add("--mdns has no effect: the server is not announced, and listens on the --hostname alone.");
        if (parsed.GetValue(_mdnsDomain) is not null)
            said.Add("--mdns-domain has no effect: the server is not announced.");
        return said;
    }
}
