using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Journal;

namespace OpenCode.Actors.EndToEnd.Postgres;

/// <summary>The statement that appends, as it runs in the server (rule "Numbered batches").</summary>
[Collection(PostgresTests.Name)]
public sealed class AppendStatementTests(PostgresFixture postgres)
{
    // All that an append may touch.
    private const string Everything =
        "SELECT concat_ws('|', (SELECT h::text FROM log_head h), (SELECT string_agg(w::text, ',') FROM writer w), (SELECT count(*) FROM log_batch), (SELECT string_agg(s::text, ',') FROM state s))";

    [SkippableTheory]
    [InlineData("a stale token")]
    [InlineData("one stale token of two")]
    [InlineData("a shard that does not exist")]
    [InlineData("another generation")]
    [InlineData("a number that was used")]
    [InlineData("a number too far")]
    public async Task What_does_not_hold_writes_nothing(string wrong)
    {
        await using var node = await StoreNode.OpenAsync(await postgres.Server.CreateSchemaAsync(), "node-a");
        await node.ScalarAsync("UPDATE shard SET token = 5 WHERE part IN (1, 2)");
        Assert.Equal(1, (await node.Store.AppendAsync(StoreNode.Batch(1, 1, ["a", "b"], new Fence(1, 5), new Fence(2, 5)), null, default))!.Commit.First);
        var before = await node.ScalarAsync(Everything);

        var batch = wrong switch
        {
            "a stale token" => StoreNode.Batch(2, 1, ["c"], new Fence(1, 4)),
            "one stale token of two" => StoreNode.Batch(2, 1, ["c"], new Fence(1, 5), new Fence(2, 6)),
            "a shard that does not exist" => StoreNode.Batch(2, 1, ["c"], new Fence(64, 5)),
            "another generation" => StoreNode.Batch(2, 2, ["c"], new Fence(1, 5)),
            "a number that was used" => StoreNode.Batch(1, 1, ["c"], new Fence(1, 5)),
            _ => StoreNode.Batch(3, 1, ["c"], new Fence(1, 5)),
        };

        Assert.Null(await node.Store.AppendAsync(batch, null, default));
        Assert.Equal(before, await node.ScalarAsync(Everything));
        Assert.Equal(3, (await node.Store.AppendAsync(StoreNode.Batch(2, 1, ["c"], new Fence(1, 5)), null, default))!.Commit.First);
    }

    [SkippableFact]
    public async Task Of_three_nodes_two_that_send_every_batch_twice_leave_no_gap_and_no_duplicate()
    {
        const int Batches = 150;
        var connectionString = await postgres.Server.CreateSchemaAsync();
        await using var check = await StoreNode.OpenAsync(connectionString, "check");

        await Task.WhenAll(Enumerable.Range(0, 3).Select(async n =>
        {
            await using var node = await StoreNode.OpenAsync(connectionString, $"node-{n}");
            for (var i = 1; i <= Batches; i++)
            {
                var batch = StoreNode.Batch(i, 1, [$"{n}.{i}.a", $"{n}.{i}.b"], new Fence(n, 0));
                var written = await node.Store.AppendAsync(batch, null, default);
                if (n == 0)
                    continue;

                Assert.Null(await node.Store.AppendAsync(batch, null, default));
                var look = await node.Store.LookAsync(batch.Fences, default);
                Assert.Equal((i, written!.Commit), (look.Number, look.Last));
            }
        }));

        var entries = new List<string>();
        while ((await check.Store.ReadAsync(entries.Count, 100_000, default)).Batches.Where(b => b.Last > entries.Count).ToList() is { Count: > 0 } page)
        {
            foreach (var batch in page)
            {
                Assert.Equal(entries.Count + 1, batch.First);
                entries.AddRange(StoreNode.Types(batch));
            }
        }

        Assert.Equal(3 * Batches * 2, entries.Count);
        for (var n = 0; n < 3; n++)
            Assert.Equal(Enumerable.Range(1, Batches).SelectMany(i => (string[])[$"{n}.{i}.a", $"{n}.{i}.b"]), entries.Where(e => e.StartsWith($"{n}.", StringComparison.Ordinal)));
    }

    [SkippableFact]
    public async Task An_append_brings_what_others_committed_below_it_and_tells_them()
    {
        var connectionString = await postgres.Server.CreateSchemaAsync();
        await using var node = await StoreNode.OpenAsync(connectionString, "node-a");
        await using var other = await StoreNode.OpenAsync(connectionString, "node-b");
        await using var hints = await other.Store.ListenAsync(default);
        await node.Store.AppendAsync(StoreNode.Batch(1, 1, ["a"]), null, default);
        var last = (await node.Store.ReadAsync(0, 1_000_000, default)).Batches[^1];
        for (var i = 1; i <= 3; i++)
            await other.Store.AppendAsync(StoreNode.Batch(i, 1, [$"b{i}", $"c{i}"]), null, default);

        var appended = await node.Store.AppendAsync(StoreNode.Batch(2, 1, ["d", "e"]), last, default);

        Assert.Equal(8, appended!.Commit.First);
        Assert.Equal([(1, 1), (2, 2), (4, 2), (6, 2)], appended.Below.Select(b => (b.First, b.Count)));
        Assert.Equal(last with { Body = default }, appended.Below[0]);
        Assert.Equal(["b1", "c1", "b2", "c2", "b3", "c3"], appended.Below.Skip(1).SelectMany(StoreNode.Types));
        using var limit = new CancellationTokenSource(Eventually.Generous);
        while (await hints.NextAsync(limit.Token) < 9)
        {
        }
    }

    [SkippableFact]
    public async Task A_reading_begins_with_the_batch_that_holds_the_offset_and_ends_by_size()
    {
        await using var node = await StoreNode.OpenAsync(await postgres.Server.CreateSchemaAsync(), "node-a");
        for (var i = 0; i < 5; i++)
            await node.Store.AppendAsync(StoreNode.Batch(i + 1, 1, [$"{i}.a", $"{i}.b"]), null, default);

        var middle = await node.Store.ReadAsync(3, 1_000_000, default);
        var aligned = await node.Store.ReadAsync(4, 1, default);
        var end = await node.Store.ReadAsync(10, 1_000_000, default);

        Assert.Equal([3, 5, 7, 9], middle.Batches.Select(b => b.First));
        Assert.False(middle.Batches[0].Body.IsEmpty);
        Assert.True(middle.IsLast);
        Assert.Equal([3, 5], aligned.Batches.Select(b => b.First));
        Assert.True(aligned.Batches[0].Body.IsEmpty);
        Assert.False(aligned.IsLast);
        Assert.Equal([9], end.Batches.Select(b => b.First));
        Assert.True(end.IsLast);
    }
}
