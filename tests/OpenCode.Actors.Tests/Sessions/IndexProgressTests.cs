using Akka.Actor;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Readiness;

namespace OpenCode.Actors.Tests.Sessions;

/// <summary>Rule "Claim before read": the index tells when it has reached an offset.</summary>
public sealed class IndexProgressTests : SessionsKit
{
    [Fact]
    public async Task It_is_as_far_as_the_index_has_followed_the_log()
    {
        Assert.True(Setup.Progress.WhenReachedAsync(Journal.Head, CancellationToken.None).IsCompletedSuccessfully);

        await CreateAsync();

        Assert.True(Setup.Progress.WhenReachedAsync(Journal.Head, CancellationToken.None).IsCompletedSuccessfully);
        Assert.False(Setup.Progress.WhenReachedAsync(Journal.Head + 1, CancellationToken.None).IsCompleted);
    }

    [Fact]
    public async Task It_goes_on_over_a_crash_of_the_index()
    {
        await CreateAsync();
        Index.Tell(new IndexQuery.List(null!), ActorRefs.NoSender);
        await RunDryAsync();

        await CreateAsync();

        Assert.True(Setup.Progress.WhenReachedAsync(Journal.Head, CancellationToken.None).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Each_wait_ends_with_its_own_offset_and_never_goes_back()
    {
        var progress = new IndexProgress();
        var (none, one, two) = (progress.WhenReachedAsync(0, default), progress.WhenReachedAsync(1, default), progress.WhenReachedAsync(2, default));
        Assert.False(none.IsCompleted);

        progress.Reached(1);
        progress.Reached(0);

        await RunUntilAsync(Task.WhenAll(none, one));
        Assert.False(two.IsCompleted);
        Assert.True(progress.WhenReachedAsync(1, default).IsCompletedSuccessfully);
        progress.Reached(5);
        await RunUntilAsync(two);
    }

    [Fact]
    public async Task A_wait_can_be_given_up()
    {
        using var given = new CancellationTokenSource();
        var wait = new IndexProgress().WhenReachedAsync(1, given.Token);

        await given.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }
}
