using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions;

public sealed class IdleWaitsTests : HubTestKit
{
    private static readonly SessionId _id = new("ses_1");

    private readonly IdleWaits _waits = new();

    [Fact]
    public void A_wait_that_was_given_up_is_not_kept_and_those_beside_it_are()
    {
        var (leaves, stays) = (CreateProbe("leaves"), CreateProbe("stays"));
        _waits.Add(new IdleWaits.Await(_id, 7, "a"), leaves.Ref);
        _waits.Add(new IdleWaits.Await(_id, 7, "b"), stays.Ref);

        _waits.Remove(_id, "a");
        _waits.Remove(_id, "a");
        _waits.Remove(new SessionId("ses_2"), "b");

        Assert.Equal(1, _waits.Count);
        _waits.Take(_id, 8);
        stays.Expect<IdleWaits.BecameIdle>();
        Assert.Equal(0, leaves.Count);
        Assert.Equal(0, _waits.Count);
    }
}
