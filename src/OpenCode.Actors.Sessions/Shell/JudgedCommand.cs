namespace OpenCode.Actors.Sessions.Shell;

/// <summary>A command that rules judge: one of the line, or one that another command runs.</summary>
/// <param name="Command">The command.</param>
/// <param name="IsUnknown">Whether it runs something that cannot be seen in the line.</param>
internal sealed record JudgedCommand(ShellCommand Command, bool IsUnknown = false)
{
    /// <summary>Gets commands that it may run: text in quotes that a shell would run if it came to read it.</summary>
    public IReadOnlyList<ShellCommand> Latent { get; init; } = [];

    /// <summary>Gets its words where it is not sure which of them is the command that it runs.</summary>
    public IReadOnlyList<IReadOnlyList<ShellWord>> Guesses { get; init; } = [];
}

/// <summary>The commands that a command runs.</summary>
/// <param name="Commands">Commands whose words are known.</param>
/// <param name="Line">A text that a shell runs; null when there is none.</param>
/// <param name="IsUnknown">Whether it runs something that cannot be seen.</param>
internal sealed record Inner(IReadOnlyList<IReadOnlyList<ShellWord>> Commands, string? Line = null, bool IsUnknown = false)
{
    /// <summary>Gets words in which the command begins somewhere that is run.</summary>
    public IReadOnlyList<ShellWord> Doubtful { get; init; } = [];

    public static Inner None { get; } = new([]);

    public static Inner Unknown { get; } = new([], IsUnknown: true);

    /// <summary>Makes what runs the words of a command; without words it runs nothing.</summary>
    public static Inner Of(IEnumerable<ShellWord> words) => words.ToList() is { Count: > 0 } list ? new Inner([list]) : None;

    /// <summary>Makes what gives a text to a shell, when the text is known.</summary>
    public static Inner OfLine(string? text) => text is null ? Unknown : new Inner([], text);
}
