using Akka.Actor;

namespace OpenCode.Actors.Tests.Sessions;

/// <summary>What the index does when the stream that follows the log for it dies.</summary>
public sealed class IndexFaultTests : SessionsKit
{
    [Fact]
    public async Task A_follower_that_is_killed_is_replaced_and_the_index_goes_on_to_tell_what_is_committed()
    {
        var first = await CreateAsync();
        var streams = Assert.Single(((ActorRefWithCell)Index).Children);
        var follower = Assert.Single(((ActorRefWithCell)streams).Children);

        follower.Tell(Kill.Instance, ActorRefs.NoSender);
        await RunDryAsync();
        var second = await CreateAsync();

        Assert.Equal([second.Id, first.Id], await ListAsync());
        Assert.Single(Logs.Records, static record => record.EventId == 6041);
    }
}
