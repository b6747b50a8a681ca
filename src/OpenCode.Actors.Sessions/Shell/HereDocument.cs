using System.Text;

namespace OpenCode.Actors.Sessions.Shell;

/// <summary>A here-document whose lines are still to come.</summary>
/// <param name="Delimiter">The line that ends it.</param>
/// <param name="IsLiteral">Whether its delimiter is quoted: nothing in it is expanded.</param>
/// <param name="StripsTabs">Whether tabs at the beginnings of lines do not count.</param>
internal sealed record HereDocument(string Delimiter, bool IsLiteral, bool StripsTabs)
{
    /// <summary>Reads its lines.</summary>
    public string ReadBody(ShellCursor cursor)
    {
        var body = new StringBuilder();
        while (!cursor.IsAtEnd)
        {
            var line = cursor.ReadLine();
            if (!IsLiteral && EndsInContinuation(line))
                line = ReadContinued(line, cursor);

            var bare = StripsTabs ? line.TrimStart('\t') : line;
            if (bare == Delimiter)
                return body.ToString();
            // bash ends a document in $( ) at "EOF)" too: what follows would be commands for it and text for us.
            if (bare.StartsWith(Delimiter, StringComparison.Ordinal) && bare.Contains(')', StringComparison.Ordinal))
                throw cursor.Wrong($"the line '{bare}' is no clear end of a here-document");
            body.Append(line).Append('\n');
        }

        throw cursor.Wrong($"the here-document '{Delimiter}' has no end");
    }

    private static string ReadContinued(string line, ShellCursor cursor)
    {
        var whole = new StringBuilder(line);
        while (EndsInContinuation(line) && !cursor.IsAtEnd)
        {
            line = cursor.ReadLine();
            whole.Length--;
            whole.Append(line);
        }

        return whole.ToString();
    }

    private static bool EndsInContinuation(string line) => (line.Length - line.AsSpan().TrimEnd('\\').Length) % 2 == 1;
}
