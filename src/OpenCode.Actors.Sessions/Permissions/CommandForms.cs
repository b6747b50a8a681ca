using OpenCode.Actors.Sessions.Shell;

namespace OpenCode.Actors.Sessions.Permissions;

/// <summary>The forms in which rules may name a command.</summary>
internal static class CommandForms
{
    /// <summary>Returns the pattern that rules judge for a command of a line.</summary>
    public static CommandPattern PatternOf(JudgedCommand seen)
    {
        var command = seen.Command;
        var text = command.Source.Trim();
        var forms = new HashSet<string>(StringComparer.Ordinal);
        Add(forms, command.Words);
        foreach (var guess in seen.Guesses)
            Add(forms, guess);
        forms.Remove(text);

        var doubts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var latent in seen.Latent)
            Add(doubts, latent.Words);
        return new CommandPattern(text, (seen.IsUnknown ? null : CommandPrefix.PatternOf(command.Words)) ?? text)
        {
            Forms = [.. forms],
            Doubts = [.. doubts],
            IsUnknown = seen.IsUnknown,
            IsFree = !seen.IsUnknown && IsFree(command),
        };
    }

    // By its own name: ./cd is a file. With a redirection it writes one.
    private static bool IsFree(ShellCommand command) =>
        command.Words is [{ Value: "cd" or "pushd" or "popd" or "export" or "declare" or "typeset" or "local" or "readonly" or "unset" or "[" }, ..]
        && !command.Redirections.Any(static redirection => redirection.IsFile);

    private static void Add(HashSet<string> forms, IReadOnlyList<ShellWord> words)
    {
        if (words.Count == 0)
            return;
        forms.Add(string.Join(' ', words.Select(static word => word.Source)));
        AddTexts(forms, words);
        if (words[0].Value is { } path && path.Contains('/', StringComparison.Ordinal))
        {
            var name = path[(path.LastIndexOf('/') + 1)..];
            AddTexts(forms, words = [ShellWord.Of(name, name), .. words.Skip(1)]);
        }

        // A rule for "git push *" also holds for "git -C folder push".
        if (words[0].Value == "git" && GitCall.Read([.. words.Skip(1)]) is { Options.Count: > 0 } call)
            AddTexts(forms, [words[0], .. call.Words]);
    }

    // An expansion may come to nothing, and then its word is not there.
    private static void AddTexts(HashSet<string> forms, IReadOnlyList<ShellWord> words)
    {
        forms.Add(string.Join(' ', words.Select(TextOf)));
        var certain = words.Where(static word => word.Value is not null || word.Pieces.Any(static piece => piece is { Kind: PieceKind.Text, Text.Length: > 0 })).ToList();
        if (certain.Count is > 0 and var count && count < words.Count)
            forms.Add(string.Join(' ', certain.Select(TextOf)));
    }

    private static string TextOf(ShellWord word) =>
        word.Value ?? string.Concat(word.Pieces.Select(static piece => piece.Kind == PieceKind.Text ? piece.Text : PartlyKnownText.Any.ToString()));
}
