using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>What every store of large bodies keeps (rule "Large bodies travel as rows").</summary>
public abstract class LargeBodiesSpecification
{
    [SkippableFact]
    public async Task A_body_is_there_until_an_append_has_used_it_however_often_it_is_read()
    {
        var bodies = await OpenAsync();
        var journal = await OpenJournalAsync();
        var body = Make.Json(5_000_000).ToArray();

        await bodies.PutAsync("large", body, default);
        await bodies.PutAsync("small", new byte[] { 1 }, default);

        for (var i = 0; i < 2; i++)
            Assert.Equal(body, (await bodies.ReadAsync("large", default))!.Value.ToArray());
        await journal.AppendAsync(Make.Batch(Make.Entry("a")), default);
        Assert.NotNull(await bodies.ReadAsync("large", default));
        await journal.AppendAsync(Make.Batch(Make.Entry("b")) with { UsedBodies = ["large", "never there"] }, default);
        Assert.Null(await bodies.ReadAsync("large", default));
        Assert.Equal(1, (await bodies.ReadAsync("small", default))!.Value.Length);
    }

    [SkippableFact]
    public async Task An_append_without_entries_uses_bodies_too()
    {
        var bodies = await OpenAsync();
        var journal = await OpenJournalAsync();
        await bodies.PutAsync("a", new byte[] { 1 }, default);
        await bodies.PutAsync("b", new byte[] { 1 }, default);

        await journal.AppendAsync(Make.Batch() with { UsedBodies = ["a"] }, default);
        await journal.AppendAsync(new JournalBatch([], [Make.Put("kind", "owner", "key", "1"), Make.Delete("kind", "owner", "other")]) { UsedBodies = ["b"] }, default);

        Assert.Null(await bodies.ReadAsync("a", default));
        Assert.Null(await bodies.ReadAsync("b", default));
    }

    [SkippableFact]
    public async Task An_append_that_is_refused_leaves_the_bodies_as_they_are_and_those_beside_it_do_not()
    {
        var bodies = await OpenAsync();
        var journal = await OpenJournalAsync();
        await bodies.PutAsync("a", new byte[] { 1 }, default);
        await bodies.PutAsync("b", new byte[] { 1 }, default);

        var refused = journal.AppendAsync(Make.Batch(Make.Entry("a")) with { Fences = [new Fence(7, 1_000)], UsedBodies = ["a"] }, default).AsTask();
        var written = journal.AppendAsync(Make.Batch(Make.Entry("b")) with { UsedBodies = ["b"] }, default).AsTask();

        await Assert.ThrowsAsync<JournalFencedException>(() => refused);
        await written;
        Assert.NotNull(await bodies.ReadAsync("a", default));
        Assert.Null(await bodies.ReadAsync("b", default));
    }

    [SkippableFact]
    public async Task A_body_put_again_under_its_key_replaces_the_first()
    {
        var bodies = await OpenAsync();

        await bodies.PutAsync("key", new byte[] { 1 }, default);
        await bodies.PutAsync("key", new byte[] { 2, 3 }, default);
        await bodies.PutAsync("empty", ReadOnlyMemory<byte>.Empty, default);

        Assert.Equal([2, 3], (await bodies.ReadAsync("key", default))!.Value.ToArray());
        Assert.Equal(0, (await bodies.ReadAsync("empty", default))!.Value.Length);
        Assert.Null(await bodies.ReadAsync("another", default));
    }

    [SkippableFact]
    public async Task A_body_without_a_key_is_refused()
    {
        var bodies = await OpenAsync();

        await Assert.ThrowsAsync<ArgumentException>(async () => await bodies.PutAsync("", new byte[] { 1 }, default));
    }

    [SkippableFact]
    public async Task What_no_append_has_used_is_gone_after_15_minutes_and_not_before()
    {
        var bodies = await OpenAsync();
        await bodies.PutAsync("old", new byte[] { 1 }, default);
        await bodies.PutAsync("renewed", new byte[] { 1 }, default);
        await AgeAsync(TimeSpan.FromMinutes(14));
        Assert.NotNull(await bodies.ReadAsync("old", default));
        await bodies.PutAsync("renewed", new byte[] { 2 }, default);

        await AgeAsync(TimeSpan.FromMinutes(2));

        Assert.Null(await bodies.ReadAsync("old", default));
        Assert.NotNull(await bodies.ReadAsync("renewed", default));
    }

    protected abstract Task<ILargeBodies> OpenAsync();

    /// <summary>Opens a journal of the same store.</summary>
    protected abstract Task<IJournal> OpenJournalAsync();

    /// <summary>Makes all that is there older, and lets the sweep run.</summary>
    protected abstract Task AgeAsync(TimeSpan by);
}
