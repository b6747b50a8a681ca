using OpenCode.Actors.Journaling.Nodes;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>What every store of large bodies keeps (RULES G6).</summary>
public abstract class LargeBodiesSpecification
{
    [SkippableFact]
    public async Task A_body_is_there_until_it_is_removed_however_often_it_is_read()
    {
        var bodies = await OpenAsync();
        var body = Make.Json(5_000_000).ToArray();

        await bodies.PutAsync("large", body, default);
        await bodies.PutAsync("small", new byte[] { 1 }, default);

        for (var i = 0; i < 2; i++)
            Assert.Equal(body, (await bodies.ReadAsync("large", default))!.Value.ToArray());
        await bodies.RemoveAsync("large", default);
        await bodies.RemoveAsync("large", default);
        Assert.Null(await bodies.ReadAsync("large", default));
        Assert.Equal(1, (await bodies.ReadAsync("small", default))!.Value.Length);
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
    public async Task What_nobody_removed_is_gone_after_15_minutes_and_not_before()
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

    /// <summary>Makes all that is there older, and lets the sweep run.</summary>
    protected abstract Task AgeAsync(TimeSpan by);
}
