namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Variables and settings by which programs are told what to run.</summary>
internal static class Settings
{
    private static readonly string[] _variables =
    [
        "PATH", "BASH_ENV", "ENV", "IFS", "PS0", "PS1", "PS2", "PS4", "PROMPT_COMMAND", "SHELLOPTS", "BASHOPTS", "SHELL", "BROWSER", "LESSOPEN", "LESSCLOSE", "NODE_OPTIONS",
        "PYTHONSTARTUP", "PYTHONPATH", "PERL5OPT", "PERL5LIB", "RUBYOPT", "TAR_OPTIONS", "MAKEFLAGS", "RSYNC_RSH", "SSH_ASKPASS", "SUDO_ASKPASS", "EDITOR", "VISUAL",
        "GIT_SSH", "GIT_SSH_COMMAND", "GIT_PROXY_COMMAND", "GIT_ASKPASS", "GIT_EXTERNAL_DIFF", "GIT_EXEC_PATH", "GIT_TEMPLATE_DIR", "POSIXLY_CORRECT",
    ];

    private static readonly string[] _prefixes = ["LD_", "DYLD_", "BASH_FUNC_", "GIT_CONFIG", "npm_config_"];

    private static readonly string[] _gitSections = ["user.", "color.", "init.", "push.", "pull.", "branch.", "advice.", "commit.", "fetch.", "rebase."];

    /// <summary>Tells whether a variable says what is run.</summary>
    public static bool RunsCommands(string variable) =>
        Array.Exists(_variables, name => name == variable) || variable.EndsWith("PAGER", StringComparison.Ordinal) || variable.EndsWith("EDITOR", StringComparison.Ordinal)
        || Array.Exists(_prefixes, prefix => variable.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Tells whether a setting of git names no command.</summary>
    public static bool IsHarmlessGitSetting(IEnumerable<string> words) => words.FirstOrDefault(static word => !word.StartsWith('-')) is { } key
        && Array.Exists(_gitSections, section => key.StartsWith(section, StringComparison.OrdinalIgnoreCase));
}
