using System.Text.Json;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Tests.Sessions.Permissions;

public sealed class LearnedRowsTests : SessionsKit
{
    [Theory]
    [InlineData(40, false)]
    [InlineData(100, false)]
    [InlineData(101, true)]
    public void A_rule_holds_in_the_generation_that_learned_it(long offset, bool holds)
    {
        var timeline = new Timeline("abcdefgh", [new Generation(1, 0), new Generation(2, 30), new Generation(3, 100)]);

        Assert.Equal(holds, new LearnedRule(new("bash", "ls *", PermissionAction.Allow), offset).HoldsIn(timeline));
    }

    [Fact]
    public async Task A_generation_that_begins_while_the_server_runs_ends_what_was_allowed()
    {
        var session = await CreateAsync(permission: [new("bash", "*", PermissionAction.Ask)]);
        await AllowAsync(session, "c1");
        Assert.Single(Setup.Learned.Of(Directory));

        Faulty.Begun = new Generation(Faulty.Inner.Timeline.Current + 1, Faulty.Head);
        Assert.Empty(Setup.Learned.Of(Directory));
        await AllowAsync(session, "c2");

        Assert.Single(Setup.Learned.Of(Directory));
        Assert.Single(await RowsAsync(session.Id), static row => row.Kind == Rows.Remember);
    }

    [Fact]
    public void A_rule_is_written_over_rules_that_hold_no_more_alone()
    {
        Faulty.Begun = new Generation(Faulty.Inner.Timeline.Current + 1, 100);
        StateRow[] rows = [Row("0", 40), Row("1", 101), Row("10", 102), Row("2", 100)];
        var decision = new Decision(SessionFold.FoldRows(rows).State, new SessionId("ses_1"), Setup);

        foreach (var pattern in (string[])["a", "10", "b", "c", "0"])
            decision.Remember(new("bash", pattern, PermissionAction.Allow));

        Assert.Equal(["0", "2", "3", "4"], decision.Changes.Select(static change => change.Key));
        Assert.Equal(["0", "1", "10", "a", "b", "c"], decision.State.Learned.Values.Select(static learned => learned.Rule.Pattern).Order(StringComparer.Ordinal));
    }

    private static StateRow Row(string key, long offset) =>
        new(Rows.Remember, "ses_1", key, JsonSerializer.SerializeToUtf8Bytes(new PermissionRule("bash", key, PermissionAction.Allow), ProtocolJson.Wire.PermissionRule), offset);

    // It is asked for.
    private async Task AllowAsync(Session session, string call)
    {
        await PromptAsync(session.Id);
        Model.Answer.Bash(call, "echo words").EndWithCalls();
        await RunDryAsync();
        await ReplyAsync(Assert.Single(await PermissionsAsync()).Id, PermissionAnswer.Always);
        Tools.Tool.End("x");
        await RunDryAsync();
        Model.Answer.Say("Done.").End();
        await RunDryAsync();
    }
}
