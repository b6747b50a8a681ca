using System.Collections.Frozen;

namespace OpenCode.Actors.Sessions.Shell;

/// <summary>How many words of a command name its action: <c>git status</c> has two. The numbers are those of opencode.</summary>
internal static class CommandPrefix
{
    private static readonly FrozenDictionary<string, int> _lengths = Table(
        (2, "function bazel brew bun cargo cdk cf cmake composer consul crictl deno docker eksctl firebase flyctl git go gradle helm heroku hugo ip kind kubectl kustomize make mc minikube "
            + "mongosh mysql mvn ng npm nvm nx openssl pip pipenv pnpm poetry podman psql pulumi pyenv python rake rbenv redis-cli rustup serverless skaffold sls sst swift systemctl "
            + "terraform tmux turbo ufw vault vercel volta wp yarn"),
        (3, "aws az doctl gcloud gh sfdx bun|run bun|x cargo|add cargo|run consul|kv deno|task docker|compose docker|container docker|image docker|network docker|volume eksctl|create "
            + "git|config git|remote git|stash ip|addr ip|link ip|route kind|create kubectl|rollout npm|exec npm|init npm|run openssl|req openssl|x509 pnpm|dlx pnpm|exec pnpm|run "
            + "podman|container podman|image pulumi|stack terraform|workspace vault|auth vault|kv yarn|dlx yarn|run"));

    /// <summary>Returns the pattern that an answer <c>always</c> allows: the first words and anything behind them.</summary>
    /// <returns>The pattern; null when the first words are not plain, so that the pattern would say something else than they do.</returns>
    public static string? PatternOf(IReadOnlyList<ShellWord> words)
    {
        var length = Math.Min(LengthOf(words), words.Count);
        var prefix = words.Take(length).ToList();
        return length == 0 || prefix.Exists(static word => word.Value != word.Source) || prefix.Skip(1).Any(static word => word.Source.StartsWith('-'))
            ? null
            : string.Join(' ', prefix.Select(static word => word.Source)) + " *";
    }

    private static int LengthOf(IReadOnlyList<ShellWord> words)
    {
        if (words.Count == 0)
            return 0;
        if (words.Count > 1 && _lengths.TryGetValue($"{words[0].Value}|{words[1].Value}", out var ofTwo))
            return ofTwo;
        return words[0].Value is { } name && _lengths.TryGetValue(name, out var ofOne) ? ofOne : 1;
    }

    private static FrozenDictionary<string, int> Table(params (int Length, string Commands)[] rows) =>
        rows.SelectMany(static row => row.Commands.Split(' ').Select(command => (command, row.Length))).ToFrozenDictionary(static row => row.command, static row => row.Length, StringComparer.Ordinal);
}
