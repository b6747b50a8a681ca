namespace OpenCode.Actors.Sessions.Shell;

/// <summary>One word of a command: its text in the line, and the known parts of its expansion.</summary>
/// <param name="Source">Its text in the line.</param>
/// <param name="Pieces">What it is made of, in order.</param>
internal sealed record ShellWord(string Source, IReadOnlyList<ShellPiece> Pieces)
{
    private readonly bool _isKnown = Pieces.All(static piece => piece.Kind == PieceKind.Text);

    /// <summary>Gets what the word begins with, without its quotes, up to what only the running shell knows.</summary>
    public string Start { get; } = string.Concat(Pieces.TakeWhile(static piece => piece.Kind == PieceKind.Text).Select(static piece => piece.Text));

    /// <summary>Gets what the word becomes, without its quotes; null when only the running shell knows.</summary>
    public string? Value => _isKnown ? Start : null;

    /// <summary>Gets a value indicating whether it may become no word at all, or several.</summary>
    public bool IsLoose => Pieces.Any(static piece => piece is { Kind: not PieceKind.Text, IsQuoted: false });

    /// <summary>Makes a word that becomes what is given, whatever is there.</summary>
    public static ShellWord Of(string source, string value) => new(source, [new ShellPiece(PieceKind.Text, value, IsQuoted: true)]);

    /// <summary>Makes a word that only the running shell knows.</summary>
    public static ShellWord Unknown(string source) => new(source, [new ShellPiece(PieceKind.Unknown, "", IsQuoted: false)]);
}

/// <summary>A piece of a word.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Text without its quotes, the name of a variable, or the user of a tilde; empty where nothing is known.</param>
/// <param name="IsQuoted">Whether it stays one word whatever it becomes.</param>
internal sealed record ShellPiece(PieceKind Kind, string Text, bool IsQuoted);

/// <summary>What a piece of a word is.</summary>
internal enum PieceKind
{
    /// <summary>Text that becomes itself.</summary>
    Text,

    /// <summary>The value of a variable, as in <c>$HOME</c> or <c>${HOME}</c>.</summary>
    Variable,

    /// <summary>A home folder: <c>~</c> or <c>~user</c>.</summary>
    Tilde,

    /// <summary>Names of files: <c>*</c>, <c>?</c>, <c>[a-z]</c>.</summary>
    Glob,

    /// <summary>What a command, an expression or an expansion gives.</summary>
    Unknown,
}
