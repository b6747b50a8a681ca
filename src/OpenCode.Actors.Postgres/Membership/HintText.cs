using System.Globalization;
using OpenCode.Actors.Clustering;

namespace OpenCode.Actors.Postgres.Membership;

/// <summary>A hint as the text of a notification: <c>part:token:inc:owner</c>, and <c>:through</c> behind it where that is known, with blanks between the shards, and a plus before them where there is more to see.</summary>
/// <remarks>Names of nodes have neither blanks nor colons. A text that is not understood is a reason to look, as it is to a node that reads no texts.</remarks>
internal static class HintText
{
    // PostgreSQL takes less than 8,000 bytes.
    private const int MostCharacters = 7_900;

    public static string Write(IEnumerable<ShardRow> shards, bool isMore)
    {
        var text = (isMore ? "+" : "") + string.Join(' ', shards.Select(static row => string.Create(CultureInfo.InvariantCulture, $"{row.Shard}:{row.Token}:{row.Incarnation}:{row.Owner}{(row.WrittenThrough is { } through ? $":{through}" : "")}")));
        return text.Length <= MostCharacters ? text : "";
    }

    public static ClusterHint Read(string text)
    {
        var isMore = text.StartsWith('+') || text.Length == 0;
        var shards = new List<ShardRow>();
        foreach (var one in text.TrimStart('+').Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (RowOf(one.Split(':')) is { } row)
                shards.Add(row);
            else
                isMore = true;
        }

        return new ClusterHint(shards, isMore);
    }

    private static ShardRow? RowOf(string[] fields)
    {
        if (fields is not [var part, var token, var incarnation, { Length: > 0 } owner, .. { Length: <= 1 } rest]
            || !int.TryParse(part, CultureInfo.InvariantCulture, out var shard)
            || !long.TryParse(token, CultureInfo.InvariantCulture, out var fence)
            || !long.TryParse(incarnation, CultureInfo.InvariantCulture, out var life))
            return null;

        var row = new ShardRow(shard, owner, life, fence);
        if (rest is not [var through])
            return row;
        return long.TryParse(through, CultureInfo.InvariantCulture, out var offset) ? row with { WrittenThrough = offset } : null;
    }
}
