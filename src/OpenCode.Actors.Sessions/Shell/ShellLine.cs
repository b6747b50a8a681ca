namespace OpenCode.Actors.Sessions.Shell;

/// <summary>All that a shell may do with a line.</summary>
/// <param name="Commands">All simple commands, wherever they stand, those inside a command after it.</param>
/// <param name="Redirections">Those of whole loops and groups.</param>
/// <param name="Loops">What the variables of loops get: a list of words each.</param>
/// <param name="Expressions">The texts of arithmetic, which runs what the values of its variables say.</param>
/// <param name="Puzzles">Places that run text known only at run time, as written in the line.</param>
internal sealed record ShellLine(
    IReadOnlyList<ShellCommand> Commands,
    IReadOnlyList<ShellRedirection> Redirections,
    IReadOnlyList<(string Name, IReadOnlyList<ShellWord> Words)> Loops,
    IReadOnlyList<string> Expressions,
    IReadOnlyList<string> Puzzles)
{
    /// <summary>The length up to which lines are read: no program can be given a longer argument (Linux's <c>MAX_ARG_STRLEN</c>), so none runs it.</summary>
    public const int MostCharacters = 131_071;

    /// <summary>Reads a line as bash does.</summary>
    /// <returns>What it may do; null when it cannot be understood.</returns>
    public static ShellLine? Parse(string text)
    {
        try
        {
            return Read(text);
        }
        catch (Exception e) when (e is ShellSyntaxException or ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return null; // The last two are mistakes of this reader, and no reason to let a line pass, or to end a session. Tests call Read.
        }
    }

    /// <summary>Reads a line as bash does.</summary>
    /// <exception cref="ShellSyntaxException">It cannot be understood.</exception>
    internal static ShellLine Read(string text)
    {
        if (text.Length > MostCharacters)
            throw new ShellSyntaxException($"The line has {text.Length} characters; {MostCharacters} can be judged. Put it into a script, and run that.");
        if (text.Contains(ShellCursor.End, StringComparison.Ordinal))
            throw new ShellSyntaxException("The line has a NUL character. Write it without.");
        var reading = new ShellReading();
        new ShellParser(reading, new ShellCursor(text, depth: 0)).ReadAll();
        return reading.Take();
    }
}

/// <summary>The commands and expressions of one line read so far, nested ones included.</summary>
internal sealed class ShellReading
{
    private const int MaxReturns = 50;
    private readonly List<ShellCommand> _commands = [];
    private readonly List<ShellRedirection> _redirections = [];
    private readonly List<(string Name, IReadOnlyList<ShellWord> Words)> _loops = [];
    private readonly List<string> _expressions = [];
    private readonly List<string> _puzzles = [];
    private int _returns;

    /// <summary>Gets the place of the next command: it is taken when the command begins, so that it is before what is inside it.</summary>
    public int Next => _commands.Count;

    /// <summary>Notes how far it is, for something that may have to be read again.</summary>
    public ShellMark Mark() => new(_commands.Count, _redirections.Count, _loops.Count, _expressions.Count, _puzzles.Count);

    /// <summary>Forgets what was read since.</summary>
    /// <returns>Whether that may be done once more.</returns>
    public bool Return(ShellMark mark)
    {
        _commands.RemoveRange(mark.Commands, _commands.Count - mark.Commands);
        _redirections.RemoveRange(mark.Redirections, _redirections.Count - mark.Redirections);
        _loops.RemoveRange(mark.Loops, _loops.Count - mark.Loops);
        _expressions.RemoveRange(mark.Expressions, _expressions.Count - mark.Expressions);
        _puzzles.RemoveRange(mark.Puzzles, _puzzles.Count - mark.Puzzles);
        return ++_returns <= MaxReturns;
    }

    public void Add(int place, ShellCommand command) => _commands.Insert(place, command);

    public void Add(ShellRedirection redirection) => _redirections.Add(redirection);

    public void AddLoop(string name, IReadOnlyList<ShellWord> words) => _loops.Add((name, words));

    public void AddExpression(string text) => _expressions.Add(text);

    public void AddPuzzle(string text) => _puzzles.Add(text);

    public ShellLine Take() => new(_commands, _redirections, _loops, _expressions, _puzzles);
}

/// <summary>A point in the reading of a line.</summary>
internal sealed record ShellMark(int Commands, int Redirections, int Loops, int Expressions, int Puzzles);

/// <summary>A line that is no bash, or that this parser does not understand.</summary>
internal sealed class ShellSyntaxException(string message) : Exception(message);
