using System.Collections.Concurrent;
using System.Globalization;
using Npgsql;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>The independent checker: notes outside of the product what clients saw, what was acknowledged and what was written, and compares it with the database afterwards.</summary>
/// <remarks>
/// Triggers in the database note the writes and the claims. A claim locks the row of its shard, and an append holds that row while it writes, so the numbers of the notes have the
/// order in which nodes claimed and wrote.
/// </remarks>
internal sealed class History(PostgresServer database)
{
    private const string Audit =
        """
        CREATE TABLE opencode_actors.audit (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz DEFAULT clock_timestamp(), part int, owner text, uid bigint, session text, writer text);
        CREATE FUNCTION opencode_actors.note_write() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN INSERT INTO opencode_actors.audit (session, writer) VALUES (NEW.owner, current_setting('application_name')); RETURN NULL; END $$;
        CREATE FUNCTION opencode_actors.note_claim() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN INSERT INTO opencode_actors.audit (part, owner, uid) VALUES (NEW.part, NEW.owner, NEW.uid); RETURN NULL; END $$;
        CREATE TRIGGER note_write AFTER INSERT OR UPDATE ON opencode_actors.state FOR EACH ROW WHEN (NEW.kind = 'head') EXECUTE FUNCTION opencode_actors.note_write();
        CREATE TABLE opencode_actors.audit_node AS SELECT name, uid, tag FROM opencode_actors.node;
        CREATE FUNCTION opencode_actors.note_node() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN INSERT INTO opencode_actors.audit_node VALUES (NEW.name, NEW.uid, NEW.tag); RETURN NULL; END $$;
        CREATE TRIGGER note_node AFTER INSERT ON opencode_actors.node FOR EACH ROW EXECUTE FUNCTION opencode_actors.note_node();
        INSERT INTO opencode_actors.audit (part, owner, uid) SELECT part, owner, uid FROM opencode_actors.shard;
        CREATE TRIGGER note_claim AFTER UPDATE ON opencode_actors.shard FOR EACH ROW EXECUTE FUNCTION opencode_actors.note_claim();
        """;

    private readonly ConcurrentDictionary<long, string> _seen = new();
    private readonly ConcurrentQueue<string> _blames = new();

    /// <summary>Gets what went wrong.</summary>
    public IReadOnlyCollection<string> Blames => _blames;

    /// <summary>Begins to record the writers. The nodes have made their tables.</summary>
    public Task BeginAsync() => database.ExecuteAsync(Audit);

    public void Blame(string what)
    {
        if (_blames.Count < 20)
            _blames.Enqueue(what);
    }

    /// <summary>Notes what a client saw at a position: the same for all.</summary>
    public void Seen(long offset, string @event)
    {
        var first = _seen.GetOrAdd(offset, @event);
        if (first != @event)
            Blame($"At position {offset} one client saw {first}, another {@event}.");
    }

    public async Task<long> HeadAsync() =>
        Convert.ToInt64(await database.ExecuteAsync("SELECT pos FROM opencode_actors.log_head"), CultureInfo.InvariantCulture);

    /// <summary>Reads when a session's shard was claimed for the first time since then; null when it was not.</summary>
    public async Task<DateTime?> ClaimedAsync(string session, DateTime since) => (DateTime?)await database.ExecuteAsync(
        string.Create(CultureInfo.InvariantCulture, $"SELECT at FROM opencode_actors.audit WHERE part = {NodeRows.ShardOf(session)} AND at > '{since:o}' ORDER BY id LIMIT 1"));

    /// <summary>Blames what the database has and no client saw, and every write by a node that did not have the claim of its session's shard.</summary>
    /// <returns>How many events and writes were checked.</returns>
    public async Task<(long Events, long Writes)> CheckAsync(long from)
    {
        var head = await HeadAsync();
        for (var offset = from + 1; offset <= head; offset++)
        {
            if (!_seen.ContainsKey(offset))
                Blame($"No client saw position {offset}.");
        }

        var counted = Convert.ToInt64(await database.ExecuteAsync("SELECT sum(count) FROM opencode_actors.log_batch"), CultureInfo.InvariantCulture);
        if (counted != head)
            Blame($"The head is {head}, but the batches have {counted} entries.");

        return (head - from, await CheckWritesAsync());
    }

    private async Task<long> CheckWritesAsync()
    {
        await using var connection = new NpgsqlConnection(database.AdminConnectionString);
        await connection.OpenAsync();
        var tags = new Dictionary<(string, long), string>();
        await using (var nodes = new NpgsqlCommand("SELECT name, uid, tag FROM opencode_actors.audit_node", connection))
        await using (var reader = await nodes.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
                tags[(reader.GetString(0), reader.GetInt64(1))] = reader.GetString(2);
        }

        var claims = new string?[64];
        var writes = 0L;
        await using var audit = new NpgsqlCommand("SELECT part, owner, uid, session, writer FROM opencode_actors.audit ORDER BY id", connection);
        await using var notes = await audit.ExecuteReaderAsync();
        while (await notes.ReadAsync())
        {
            if (!notes.IsDBNull(0))
            {
                claims[notes.GetInt32(0)] = notes.IsDBNull(1) ? null : tags[(notes.GetString(1), notes.GetInt64(2))];
                continue;
            }

            writes++;
            var (session, writer) = (notes.GetString(3), notes.GetString(4));
            if (claims[NodeRows.ShardOf(session)] != writer)
                Blame($"{writer} wrote to {session} while {claims[NodeRows.ShardOf(session)] ?? "no node"} had its shard.");
        }

        return writes;
    }
}
