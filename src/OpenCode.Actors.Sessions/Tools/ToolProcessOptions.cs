namespace OpenCode.Actors.Sessions.Tools;

/// <summary>How the commands of tools are run and ended.</summary>
internal sealed class ToolProcessOptions
{
    /// <summary>The variable by which what left a command's group is found again. It has the label of the command, behind those of the commands that this server itself is run by (rule "Nothing of a command outlives its session").</summary>
    public const string LabelVariable = "OPENCODE_ACTORS_COMMAND";

    /// <summary>Gets or sets the shell that gets the command after <c>-c</c>.</summary>
    /// <value>A full path; by default <c>/bin/bash</c> or <c>/usr/bin/bash</c> where there is one, else <c>/bin/sh</c>.</value>
    public string? Shell { get; set; }

    /// <summary>Gets or sets the name of this node of a cluster; null when there is no other.</summary>
    public string? Node { get; set; }

    /// <summary>Gets or sets the variables of the server's environment that commands do not get.</summary>
    public SecretVariables Secrets { get; set; } = new();

    /// <summary>Gets the variables of a program with a bare environment: paths, the user, the language.</summary>
    public static IReadOnlyList<string> Bare { get; } =
    [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR",
        "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS",
        LabelVariable,
    ];

    /// <summary>Gets or sets how long a group that was asked to end (SIGTERM) may take before it is killed (SIGKILL).</summary>
    /// <value>500 ms by default: enough to remove a lock file, little of the 5 s a stopping server has.</value>
    public TimeSpan KillGrace { get; set; } = TimeSpan.FromMilliseconds(500);
}
