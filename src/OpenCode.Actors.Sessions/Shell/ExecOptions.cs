using System.Collections.Frozen;

namespace OpenCode.Actors.Sessions.Shell;

/// <summary>The options that make a program run another.</summary>
/// <param name="Letters">Letters of such options.</param>
/// <param name="Names">Long names, without dashes. Programs take the first letters of one for it.</param>
/// <param name="Beginnings">How words begin that are no options of these two forms.</param>
/// <param name="Marks">What is in texts that run something.</param>
internal sealed record ExecOptions(string Letters = "", string Names = "", string Beginnings = "", string Marks = "")
{
    // Names that mean the same to all programs that have them.
    private static readonly ExecOptions _any = new(Beginnings:
        "--to-command --checkpoint-action --use-compress-program --compress-program --rsh --exec --extcmd --upload-pack --receive-pack --config-env");

    private static readonly FrozenDictionary<string, ExecOptions> _all = new Dictionary<string, ExecOptions>(StringComparer.Ordinal)
    {
        ["tar"] = new("IF", "to-command checkpoint-action use-compress-program info-script new-volume-script rsh-command rmt-command"),
        ["rsync"] = new("eM", "rsh remote-option rsync-path"),
        ["scp"] = new("oFSD"),
        ["sftp"] = new("oFSDb"),
        ["rg"] = new(Names: "pre hostname-bin"),
        ["sort"] = new(Names: "compress-program"),
        ["split"] = new(Names: "filter"),
        ["zip"] = new("T", "unzip-command"),
        ["cpio"] = new(Names: "rsh-command"),
        ["man"] = new("PHC", "pager html config-file"),
        ["less"] = new("kP", "lesskey-file lesskey-src lesskey-content", "+"),
        ["more"] = new(Beginnings: "+"),
        ["make"] = new("E", "eval", "SHELL= SHELL: .SHELLFLAGS MAKEFLAGS GNUMAKEFLAGS", "$ `"),
        ["gcc"] = new(Beginnings: "-B -wrapper -fplugin -specs --specs @"),
        ["go"] = new(Beginnings: "-exec --exec -toolexec --toolexec -vettool --vettool"),
        ["cargo"] = new(Names: "config"),
        ["tcpdump"] = new("z"),
        ["nc"] = new("ec", "exec sh-exec lua-exec"),
        ["wget"] = new("e", "use-askpass execute config"),
        ["apt"] = new("oc", "option config-file"),
        ["dpkg"] = new(Names: "pre-invoke post-invoke status-logger"),
        ["svn"] = new(Names: "config-option config-dir diff-cmd diff3-cmd editor-cmd"),
        ["hg"] = new(Names: "config"),
        ["psql"] = new(Marks: @"\! program | \o \g"),
        ["sqlite3"] = new(Marks: ".shell .system .once .output .import .read edit( load_extension("),
        ["mysql"] = new(Marks: @"\! system source pager"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, string> _same = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["gtar"] = "tar", ["bsdtar"] = "tar", ["gmake"] = "make", ["cc"] = "gcc", ["g++"] = "gcc", ["c++"] = "gcc", ["clang"] = "gcc", ["clang++"] = "gcc",
        ["ncat"] = "nc", ["netcat"] = "nc", ["apt-get"] = "apt", ["aptitude"] = "apt", ["gsort"] = "sort", ["gsplit"] = "split", ["mariadb"] = "mysql",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>True if a command has such an option, or a word that may become one.</summary>
    public static bool AreIn(ShellCommand command)
    {
        var arguments = command.Words.Skip(1);
        if (_any.Beginnings.Split(' ') is var any && arguments.Any(word => word.Value is ['-', '-', ..] option && any.Contains(option.Split('=')[0], StringComparer.Ordinal)))
            return true;
        if (command.Name is not { } name || !_all.TryGetValue(_same.GetValueOrDefault(name, name), out var options))
            return false;

        // The letters of tar may be without a dash.
        var isOld = options.Names.StartsWith("to-command", StringComparison.Ordinal) && command.Words is [_, { Value: [not '-', ..] letters }, ..] && letters.AsSpan().IndexOfAny(options.Letters) >= 0;
        return isOld || options.AreIn(arguments);
    }

    /// <summary>True if there is such an option among words, or a word that may become one: a variable, or a pattern for names of files, which may begin with a dash.</summary>
    public bool AreIn(IEnumerable<ShellWord> words)
    {
        var (names, beginnings, marks) = (Words(Names), Words(Beginnings), Words(Marks));
        var isOption = true;
        foreach (var word in words)
        {
            isOption &= word.Value != "--";
            if (word.Value is { } value && Array.Exists(marks, mark => value.Contains(mark, StringComparison.OrdinalIgnoreCase)))
                return true;
            if ((!isOption && beginnings.Length == 0) || word.Source is "-j$(nproc)" or "-j\"$(nproc)\"")
                continue;
            if (word.Value is null && (word.Start.Length == 0 ? word.Pieces[0].Kind != PieceKind.Tilde : word.Start is "-" or "--" || (word.Start is ['-', not '-', ..] && Letters.Length > 0)))
                return true;
            if (IsOne(word.Start, names, beginnings) || (word.Value is null && Array.Exists(beginnings, beginning => beginning.StartsWith(word.Start, StringComparison.Ordinal))))
                return true;
        }

        return false;
    }

    private static string[] Words(string list) => list.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private bool IsOne(string text, string[] names, string[] beginnings)
    {
        if (Array.Exists(beginnings, beginning => text.StartsWith(beginning, StringComparison.Ordinal)))
            return true;
        if (text is not ['-', '-', _, ..])
            return text is ['-', _, ..] && text.AsSpan().IndexOfAny(Letters) >= 0;
        var given = text[2..].Split('=')[0];
        return Array.Exists(names, name => name.StartsWith(given, StringComparison.Ordinal));
    }
}
