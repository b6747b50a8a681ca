using System.Text;

namespace OpenCode.Actors.Sessions.Shell;

/// <summary>One word of a command: what stands in the line, and what is known of what it becomes.</summary>
/// <param name="Source">As it stands in the line.</param>
/// <param name="Pieces">What it is made of, in order.</param>
internal sealed record ShellWord(string Source, IReadOnlyList<ShellPiece> Pieces)
{
    /// <summary>Gets what the word becomes, without its quotes; null when only the running shell knows.</summary>
    public string? Value { get; } = ValueOf(Pieces);

    /// <summary>Gets a value indicating whether it may become no word at all, or several.</summary>
    public bool IsLoose => Pieces.Any(static piece => piece is { Kind: not PieceKind.Text, IsQuoted: false });

    /// <summary>Makes a word that becomes what is given, whatever stands there.</summary>
    public static ShellWord Of(string source, string value) => new(source, [new ShellPiece(PieceKind.Text, value, IsQuoted: true)]);

    /// <summary>Makes a word that only the running shell knows.</summary>
    public static ShellWord Unknown(string source) => new(source, [new ShellPiece(PieceKind.Unknown, "", IsQuoted: false)]);

    private static string? ValueOf(IReadOnlyList<ShellPiece> pieces)
    {
        var value = new StringBuilder();
        foreach (var piece in pieces)
        {
            if (piece.Kind != PieceKind.Text)
                return null;
            value.Append(piece.Text);
        }

        return value.ToString();
    }
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
