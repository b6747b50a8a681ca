namespace OpenCode.Actors.Sessions.Shell;

/// <summary>A simple command that a shell may run.</summary>
/// <param name="Source">As it is in the line, with its assignments and redirections.</param>
/// <param name="Words">Its name and arguments; empty when it only assigns or redirects.</param>
/// <param name="Assignments">The assignments before it.</param>
/// <param name="Redirections">Its redirections.</param>
internal sealed record ShellCommand(
    string Source, IReadOnlyList<ShellWord> Words, IReadOnlyList<ShellAssignment> Assignments, IReadOnlyList<ShellRedirection> Redirections)
{
    /// <summary>Gets the command's name without quotes and folders; null when only the running shell knows it.</summary>
    public string? Name => Words.Count == 0 ? null : BaseName(Words[0].Value);

    private static string? BaseName(string? path) => path?[(path.LastIndexOf('/') + 1)..];
}

/// <summary>An assignment to a variable, or to an element of one.</summary>
/// <param name="Name">The variable.</param>
/// <param name="Value">What it gets; null for a list.</param>
internal sealed record ShellAssignment(string Name, ShellWord? Value);

/// <summary>A redirection from or to a file, or a text as input.</summary>
/// <param name="Operator">Such as <c>&gt;&gt;</c>.</param>
/// <param name="Target">The file, the descriptor, or the text.</param>
internal sealed record ShellRedirection(string Operator, ShellWord Target)
{
    /// <summary>Gets a value indicating whether it opens a file.</summary>
    public bool IsFile => Operator is not ("<<" or "<<-" or "<<<")
        && !(Operator is ">&" or "<&" && Target.Value is { } value && value.TrimEnd('-').All(char.IsAsciiDigit));
}
