namespace OpenCode.Actors.Sessions.Shell;

/// <summary>Finds commands in quoted text that a shell runs when it expands that text again: in arithmetic, in prompts, in names of variables.</summary>
internal static class LatentCommands
{
    /// <summary>Finds those in the words and assignments of a command.</summary>
    public static IReadOnlyList<ShellCommand> In(ShellCommand command)
    {
        var found = new List<ShellCommand>();
        foreach (var piece in command.Words.Concat(command.Assignments.Select(static assignment => assignment.Value).OfType<ShellWord>()).SelectMany(static word => word.Pieces))
        {
            if (piece.Kind == PieceKind.Text && (piece.Text.Contains("$(", StringComparison.Ordinal) || piece.Text.Contains('`', StringComparison.Ordinal)))
                Read(piece.Text, found);
        }

        return found;
    }

    private static void Read(string text, List<ShellCommand> found)
    {
        try
        {
            var reading = new ShellReading();
            var cursor = new ShellCursor(text, depth: 1);
            var expansions = new ExpansionReader(reading, cursor);
            var words = new WordBuilder();
            while (!cursor.IsAtEnd)
                expansions.ReadQuoted(words, isDocument: true);
            found.AddRange(reading.Take().Commands);
        }
        catch (ShellSyntaxException)
        {
            // It is text then.
        }
    }
}
