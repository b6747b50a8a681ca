using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Live;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Live;

public sealed class TurnWaitersTests : HubTestKit
{
    private readonly TurnWaiters _waiters = new();

    [Fact]
    public void A_wait_is_answered_once_when_its_turn_is_over()
    {
        var (first, second) = (CreateProbe("first"), CreateProbe("second"));
        _waiters.Add(new AwaitTurn(new TurnId("a"), "1"), first.Ref);
        _waiters.Add(new AwaitTurn(new TurnId("b"), "2"), second.Ref);

        _waiters.Answer(isOpen: turn => turn.Value == "b", endOf: turn => $"end of {turn}");
        _waiters.Answer(isOpen: turn => turn.Value == "b", endOf: turn => $"end of {turn}");

        first.Expect("end of a");
        first.ExpectNothing();
        second.ExpectNothing();
        Assert.False(_waiters.IsEmpty);
    }

    [Fact]
    public void Another_wait_of_the_same_name_replaces_the_first()
    {
        var (first, second) = (CreateProbe("first"), CreateProbe("second"));
        _waiters.Add(new AwaitTurn(new TurnId("a"), "1"), first.Ref);
        _waiters.Add(new AwaitTurn(new TurnId("a"), "1"), second.Ref);

        _waiters.AnswerAll("lost");

        second.Expect("lost");
        first.ExpectNothing();
        Assert.True(_waiters.IsEmpty);
    }
}
