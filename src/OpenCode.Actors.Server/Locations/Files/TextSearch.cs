using System.Text;
using System.Text.RegularExpressions;

namespace OpenCode.Actors.Server.Locations.Files;

/// <summary>Finds lines by a pattern in the text files of a location.</summary>
internal sealed class TextSearch(LocationFiles files)
{
    private const int MostLines = 100;
    private const int LongestLine = 2_000;

    /// <summary>Searches until enough is found.</summary>
    /// <param name="location">Where.</param>
    /// <param name="pattern">Matched in linear time, so that no pattern keeps the server busy.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<LineMatch>> FindAsync(Location location, Regex pattern, CancellationToken cancellationToken)
    {
        var found = new List<LineMatch>();
        foreach (var path in await files.AllAsync(location, cancellationToken))
        {
            if (found.Count >= MostLines)
                break;
            if (TryFind(location, path) is not { } real || await files.ReadAsync(real, cancellationToken) is not { } bytes || Array.IndexOf(bytes, (byte)0) >= 0)
                continue;

            found.AddRange(Lines(path, Encoding.UTF8.GetString(bytes), pattern).Take(MostLines - found.Count));
        }

        return found;
    }

    private static IEnumerable<LineMatch> Lines(string path, string text, Regex pattern)
    {
        var offset = 0L;
        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (line.Length <= LongestLine && pattern.Matches(line) is { Count: > 0 } matches)
            {
                yield return new LineMatch(
                    new LineMatch.Piece(path), new LineMatch.Piece(line + "\n"), number, offset,
                    [.. matches.Select(m => new LineMatch.Submatch(new LineMatch.Piece(m.Value), Bytes(line, m.Index), Bytes(line, m.Index + m.Length)))]);
            }

            offset += Encoding.UTF8.GetByteCount(line) + 1;
        }
    }

    private static int Bytes(string line, int characters) => Encoding.UTF8.GetByteCount(line.AsSpan(0, characters));

    private string? TryFind(Location location, string path)
    {
        try
        {
            return files.Find(location, path).Path;
        }
        catch (LocationException)
        {
            return null; // a link that leads out
        }
    }
}
