using System.Collections.Frozen;

namespace OpenCode.Actors.Sessions.Shell;

/// <summary>A call of git: the options before its subcommand, the subcommand, and the words after it. The one place that knows git's options.</summary>
/// <param name="Options">The options of git itself, with their values.</param>
/// <param name="Words">The subcommand and its arguments; empty when there is none.</param>
/// <param name="IsSure">Whether all of the options are known, and none of them makes git run something.</param>
internal sealed record GitCall(IReadOnlyList<ShellWord> Options, IReadOnlyList<ShellWord> Words, bool IsSure)
{
    private const string Flags =
        " -v --version -h --help -p --paginate -P --no-pager --no-replace-objects --no-lazy-fetch --no-optional-locks --no-advice --bare --literal-pathspecs --glob-pathspecs --noglob-pathspecs --icase-pathspecs"
        + " --html-path --man-path --info-path --exec-path ";

    private const string Values = " -C --git-dir --work-tree --namespace --super-prefix --attr-source --list-cmds ";

    // What these run is given to them as arguments, in settings or over stdin.
    private const string Runners = " filter-branch difftool mergetool merge-index instaweb web--browse send-email for-each-repo shell daemon remote-ext remote-fd p4 svn cvsimport cvsserver cvsexportcommit quiltimport citool gui hook ";

    private static readonly FrozenDictionary<string, ExecOptions> _running = new Dictionary<string, ExecOptions>(StringComparer.Ordinal)
    {
        ["rebase"] = new("x", "exec"),
        ["grep"] = new("O", "open-files-in-pager"),
        ["clone"] = new("uc", "upload-pack config template"),
        ["init"] = new(Names: "template"),
        ["fetch"] = new(Names: "upload-pack"),
        ["pull"] = new(Names: "upload-pack"),
        ["push"] = new(Names: "receive-pack exec"),
        ["ls-remote"] = new(Names: "upload-pack exec"),
        ["fetch-pack"] = new(Names: "upload-pack exec"),
        ["send-pack"] = new(Names: "receive-pack exec"),
        ["archive"] = new(Names: "exec"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads a call.</summary>
    /// <param name="words">The words after <c>git</c>.</param>
    public static GitCall Read(IReadOnlyList<ShellWord> words)
    {
        var (at, isSure) = (0, true);
        for (; at < words.Count && words[at].Value is ['-', _, ..] option; at++)
        {
            if (option is "-c" or "--config-env")
                isSure &= option == "-c" && at + 1 < words.Count && Settings.IsHarmlessGitSetting(words[++at].Value);
            else if (option.Split('=')[0] is var name && Values.Contains($" {name} ", StringComparison.Ordinal))
            {
                if (name == option && ++at < words.Count)
                    isSure &= !words[at].IsLoose;
            }
            else
                isSure &= Flags.Contains($" {option} ", StringComparison.Ordinal);
        }

        at = Math.Min(at, words.Count);
        return new GitCall([.. words.Take(at)], [.. words.Skip(at)], isSure);
    }

    /// <summary>Finds what a call runs beside git.</summary>
    public static Inner InnerOf(IReadOnlyList<ShellWord> arguments)
    {
        var call = Read(arguments);
        if (!call.IsSure || (call.Words.Count > 0 && call.Words[0].Value is null))
            return Inner.Unknown;
        if (call.Words.Count == 0)
            return Inner.None;

        var (subcommand, rest) = (call.Words[0].Value!, call.Words.Skip(1).ToList());
        if (_running.TryGetValue(subcommand, out var running))
            return running.AreIn(rest) ? Inner.Unknown : Inner.None;
        return subcommand switch
        {
            "bisect" => rest.Count == 0 || rest[0].Value is not (null or "run") ? Inner.None : rest[0].Value is null ? Inner.Unknown : Inner.Of(rest.Skip(1)),
            "submodule" => rest.Exists(static word => word.Value is null or "foreach") ? Inner.Unknown : Inner.None,
            "config" => Settings.IsHarmlessGitConfig(rest) ? Inner.None : Inner.Unknown,
            _ => Runners.Contains($" {subcommand} ", StringComparison.Ordinal) ? Inner.Unknown : Inner.None,
        };
    }
}
