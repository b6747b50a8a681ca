using System.Collections.Frozen;

namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Variables and settings that make programs run others.</summary>
internal static class Settings
{
    private static readonly FrozenSet<string> _variables = Set(
        "PATH BASH_ENV ENV IFS PS0 PS1 PS2 PS4 PROMPT_COMMAND SHELLOPTS BASHOPTS BASH_LOADABLES_PATH SHELL HOME XDG_CONFIG_HOME ZDOTDIR INPUTRC POSIXLY_CORRECT BROWSER LESSOPEN LESSCLOSE LESS LESSKEY FCEDIT"
        + " NODE_OPTIONS NODE_PATH PYTHONSTARTUP PYTHONPATH PYTHONHOME PYTHONBREAKPOINT PERL5OPT PERL5LIB PERL5DB PERLLIB RUBYOPT RUBYLIB JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS CLASSPATH GOFLAGS"
        + " RUSTC_WRAPPER RUSTC_WORKSPACE_WRAPPER MAKEFLAGS GNUMAKEFLAGS MAKEFILES GCC_EXEC_PREFIX COMPILER_PATH AWKPATH AWKLIBPATH VIMINIT EXINIT MYVIMRC TAR_OPTIONS RSYNC_RSH RIPGREP_CONFIG_PATH OPENSSL_CONF"
        + " GCONV_PATH SSH_ASKPASS SUDO_ASKPASS PSQLRC");

    private static readonly string[] _prefixes = ["LD_", "DYLD_", "BASH_FUNC_", "GIT_", "npm_config_", "NPM_CONFIG_", "CARGO_", "FZF_"];

    private static readonly FrozenSet<string> _harmless = Set(
        "GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_AUTHOR_DATE GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL GIT_COMMITTER_DATE GIT_TERMINAL_PROMPT GIT_OPTIONAL_LOCKS GIT_MERGE_AUTOEDIT GIT_LFS_SKIP_SMUDGE"
        + " CARGO_TERM_COLOR CARGO_INCREMENTAL CARGO_TARGET_DIR CARGO_NET_OFFLINE");

    private static readonly FrozenSet<string> _harmlessViewers = Set("cat true :");

    private static readonly string[] _gitSections = ["user.", "color.", "advice.", "branch.", "commit.", "log.", "status."];

    private static readonly FrozenSet<string> _gitKeys = Set(
        "init.defaultbranch push.default push.autosetupremote push.followtags pull.rebase pull.ff fetch.prune fetch.parallel rebase.autosquash rebase.autostash merge.ff merge.conflictstyle diff.renames diff.noprefix"
        + " core.autocrlf core.eol core.quotepath core.filemode core.ignorecase core.longpaths core.abbrev gc.auto http.postbuffer safe.directory");

    /// <summary>True if a variable says what is run.</summary>
    /// <param name="variable">The variable.</param>
    /// <param name="value">What it gets; null when that is not known.</param>
    public static bool RunsCommands(string variable, string? value = null)
    {
        if (variable.EndsWith("PAGER", StringComparison.Ordinal) || variable.EndsWith("EDITOR", StringComparison.Ordinal) || variable == "VISUAL")
            return value is null || (value.Length > 0 && !_harmlessViewers.Contains(value));
        return _variables.Contains(variable) || (Array.Exists(_prefixes, prefix => variable.StartsWith(prefix, StringComparison.Ordinal)) && !_harmless.Contains(variable));
    }

    /// <summary>True if a word that is where an assignment may, such as <c>A=1</c> behind <c>env</c>, says what is run.</summary>
    public static bool RunsCommands(ShellWord assignment)
    {
        var end = assignment.Start.IndexOf('=', StringComparison.Ordinal);
        return end < 0 || RunsCommands(assignment.Start[..end].TrimEnd('+'), assignment.Value?[(end + 1)..]);
    }

    /// <summary>True if a setting of git, such as <c>color.ui=always</c>, names no command.</summary>
    public static bool IsHarmlessGitSetting(string? setting) => setting?.Split('=')[0].ToLowerInvariant() is { } key
        && (_gitKeys.Contains(key) || Array.Exists(_gitSections, section => key.StartsWith(section, StringComparison.Ordinal)));

    /// <summary>True if <c>git config</c>, with these arguments, only shows settings, or makes one that names no command.</summary>
    public static bool IsHarmlessGitConfig(IReadOnlyList<ShellWord> arguments)
    {
        // Any other option may hide which word is the name; behind the name it may change what is done with it.
        var words = arguments.SkipWhile(static word => word.Value is "--global" or "--local" or "--system" or "--worktree" or "--bool" or "--int" or "--add" or "--replace-all" or "-z" or "--null").ToList();
        return words switch
        {
            [] or [{ Value: not (null or "edit" or ['-', ..]) }] => true,
            [{ Value: "--get" or "--get-all" or "--get-regexp" or "--list" or "-l" or "--unset" or "--unset-all" or "get" or "list" or "unset" }, ..] => true,
            [{ Value: "set" }, var name, { IsLoose: false, Value: not ['-', ..] }] => IsHarmlessGitSetting(name.Value),
            [var name, { IsLoose: false, Value: not ['-', ..] }] => IsHarmlessGitSetting(name.Value),
            _ => false,
        };
    }

    private static FrozenSet<string> Set(string names) => names.Split(' ').ToFrozenSet(StringComparer.Ordinal);
}
