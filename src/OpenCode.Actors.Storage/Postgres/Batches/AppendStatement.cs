using System.Globalization;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using OpenCode.Actors.Journal.Stores;

namespace OpenCode.Actors.Storage.Postgres.Batches;

/// <summary>
/// The one statement that appends (rule "Numbered batches"). Locks writer, shards by number, head, each only if all before it match; the holder of the head waits for nothing (rule "One lock order").
/// No row back: nothing was written. What a batch does not have is left out, since each clause costs planning and time under the lock.
/// </summary>
internal static class AppendStatement
{
    /// <summary>Makes the statement for a batch.</summary>
    /// <param name="writer">The id of the process.</param>
    /// <param name="batch">The batch.</param>
    public static BoundStatement For(string writer, StoreBatch batch)
    {
        var puts = batch.Changes.Where(c => c.Json is not null).ToArray();
        var deletes = batch.Changes.Where(c => c.Json is null).ToArray();
        var parameters = new List<NpgsqlParameter>
        {
            new NpgsqlParameter<string> { TypedValue = writer },
            new NpgsqlParameter<long> { TypedValue = batch.Number },
            new NpgsqlParameter<long> { TypedValue = batch.Generation },
            new NpgsqlParameter<int> { TypedValue = batch.EntryCount },
            new NpgsqlParameter<long> { TypedValue = batch.Body.Length },
            new NpgsqlParameter<int> { TypedValue = puts.Length },
        };
        if (batch.EntryCount > 0)
            parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = batch.Body, NpgsqlDbType = NpgsqlDbType.Bytea });
        if (batch.Fences.Count > 0)
        {
            parameters.Add(Array(batch.Fences.Select(f => f.Shard)));
            parameters.Add(Array(batch.Fences.Select(f => f.Token)));
        }

        if (puts.Length > 0)
        {
            parameters.AddRange(Names(puts));
            parameters.Add(Array(puts.Select(c => c.Json!.Value.ToArray())));
            parameters.Add(Array(puts.Select(c => c.EntriesThrough)));
            parameters.Add(Array(puts.Select(c => c.Anew ? 1 : 0)));
        }

        if (deletes.Length > 0)
            parameters.AddRange(Names(deletes));
        if (batch.UsedBodies.Count > 0)
            parameters.Add(Array(batch.UsedBodies));

        return new(Text(batch.EntryCount > 0, batch.Fences.Count > 0, puts.Length > 0, deletes.Length > 0, batch.UsedBodies.Count > 0), [.. parameters]);
    }

    /// <summary>Writes the statement. Parameters: writer, number, generation, entries, bytes, puts; then those of the clauses, in this order.</summary>
    private static string Text(bool hasEntries, bool hasFences, bool hasPuts, bool hasDeletes, bool hasUsedBodies)
    {
        var next = 7;
        var sql = new StringBuilder("WITH w AS (SELECT 1 FROM writer WHERE id = $1 AND seq = $2 - 1 FOR UPDATE)");
        var body = hasEntries ? Next(1)[0] : "";
        var isOwned = "";
        if (hasFences)
        {
            // The column part is the number of the shard.
            var fence = Next(2);
            sql.Append(CultureInfo.InvariantCulture, $"""
                , s AS (
                  SELECT part FROM shard
                  WHERE (SELECT count(*) FROM w) = 1 AND part = ANY ({fence[0]}) AND token = ({fence[1]}::bigint[])[array_position({fence[0]}, part)]
                  ORDER BY part FOR SHARE)
                """);
            // Used, or the planner drops it, and the fence with it.
            isOwned = $" AND (SELECT count(*) FROM s) = cardinality({fence[0]})";
        }

        sql.Append(CultureInfo.InvariantCulture, $"""
            , h AS (
              UPDATE log_head SET pos = pos + $4, bytes = bytes + $5, born = born + $6
              WHERE generation = $3 AND (SELECT count(*) FROM w) = 1{isOwned}
              RETURNING pos - $4 AS pos, bytes, born - $6 AS born)
            , n AS (UPDATE writer SET seq = $2, first = h.pos + 1, seen = clock_timestamp() FROM h WHERE id = $1)
            """);
        if (hasEntries)
            sql.Append(CultureInfo.InvariantCulture, $", b AS (INSERT INTO log_batch (first, count, generation, bytes, body) SELECT pos + 1, $4, $3, bytes, {body} FROM h RETURNING at)");

        if (hasPuts)
        {
            var put = Next(6);
            sql.Append(CultureInfo.InvariantCulture, $"""
                , p AS (
                  INSERT INTO state (kind, owner, key, body, pos, born)
                  SELECT c.kind, c.owner, c.key, c.body, h.pos + c.through, 2 * (h.born + c.place) + c.anew
                  FROM h, unnest({put[0]}, {put[1]}, {put[2]}, {put[3]}, {put[4]}, {put[5]}) WITH ORDINALITY AS c (kind, owner, key, body, through, anew, place)
                  ON CONFLICT (owner, kind, key) DO UPDATE
                  SET body = excluded.body, pos = excluded.pos, born = CASE WHEN excluded.born % 2 = 1 THEN excluded.born ELSE state.born END)
                """);
        }

        if (hasDeletes)
        {
            var gone = Next(3);
            sql.Append(CultureInfo.InvariantCulture, $"""
                , d AS (
                  DELETE FROM state USING h, unnest({gone[0]}, {gone[1]}, {gone[2]}) AS c (kind, owner, key)
                  WHERE state.owner = c.owner AND state.kind = c.kind AND state.key = c.key)
                """);
        }

        if (hasUsedBodies)
            sql.Append(CultureInfo.InvariantCulture, $", u AS (DELETE FROM large_body USING h WHERE large_body.key = ANY ({Next(1)[0]}))");

        return sql.Append(hasEntries ? " SELECT h.pos + 1, b.at FROM h, b" : " SELECT h.pos + 1, clock_timestamp() FROM h").ToString();

        string[] Next(int count)
        {
            var names = Enumerable.Range(next, count).Select(i => string.Create(CultureInfo.InvariantCulture, $"${i}")).ToArray();
            next += count;
            return names;
        }
    }

    private static NpgsqlParameter[] Names(StoreChange[] changes) => [Array(changes.Select(c => c.Kind)), Array(changes.Select(c => c.Owner)), Array(changes.Select(c => c.Key))];

    private static NpgsqlParameter<T[]> Array<T>(IEnumerable<T> values) => new() { TypedValue = [.. values] };
}
