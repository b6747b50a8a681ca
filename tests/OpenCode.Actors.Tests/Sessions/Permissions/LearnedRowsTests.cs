using OpenCode.Actors.Journal;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Tests.Sessions.Permissions;

public sealed class LearnedRowsTests
{
    [Theory]
    [InlineData(40, false)]
    [InlineData(100, false)]
    [InlineData(101, true)]
    public void A_rule_holds_in_the_generation_that_learned_it(long offset, bool holds)
    {
        var timeline = new Timeline("abcdefgh", [new Generation(1, 0), new Generation(2, 30), new Generation(3, 100)]);

        Assert.Equal(holds, Rows.IsLearned(new StateRow(Rows.Remember, "ses_1", "0", default, offset), timeline));
        Assert.False(Rows.IsLearned(new StateRow(Rows.Message, "ses_1", "0", default, offset), timeline));
    }
}
