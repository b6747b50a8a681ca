using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.ModelTurns;

/// <summary>Turns through a whole server, against providers over HTTP that refuse, break off or hang: what is tried again, and what clients are shown.</summary>
public sealed class FailingProviderTests(ModelTurnsServer host) : IClassFixture<ModelTurnsServer>
{
    public static TheoryData<string> Vendors => [.. Vendor.All.Keys];

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_429_is_shown_as_a_retry_and_tried_again_when_the_provider_said(string vendor)
    {
        await using var turn = await ScriptedTurn.BeginAsync(host, vendor);
        turn.Provider.Refuse(429, turn.Vendor.Refusal("slow down"), headers: ("Retry-After", "1"));
        turn.Answer(Block.Text("Now."));

        var answer = await turn.AskAsync("hello");

        Assert.Equal("Now.", answer.Texts("text"));
        Assert.Equal(["busy", "retry 1", "busy", "idle", "session.idle"], turn.Statuses);
        var retry = await turn.RetryAsync(1);
        Assert.Contains("slow down", retry.Text("message"), StringComparison.Ordinal);
        Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds(retry.GetProperty("next").GetInt64()), turn.Requests[0].At.AddSeconds(0.95), DateTimeOffset.MaxValue);
        Assert.InRange(turn.Requests[1].At, turn.Requests[0].At.AddSeconds(0.95), DateTimeOffset.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_500_for_ever_ends_the_turn_after_five_retries(string vendor)
    {
        await using var turn = await ScriptedTurn.BeginAsync(host, vendor);
        for (var n = 0; n < 6; n++)
            turn.Provider.Refuse(500, turn.Vendor.Refusal("broken"), headers: ("retry-after-ms", "1"));

        var answer = await turn.AskAsync("hello");

        Assert.Equal(("APIError", 500, "broken"), answer.Error);
        Assert.Equal(6, turn.Requests.Count);
        Assert.Equal(
            ["busy", .. Enumerable.Range(1, 5).SelectMany(static n => (string[])[$"retry {n}", "busy"]), "error APIError", "idle", "session.idle"],
            turn.Statuses);
        turn.Answer(Block.Text("Back."));
        Assert.Equal("Back.", (await turn.AskAsync("again")).Texts("text"));
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_401_ends_the_turn_at_once(string vendor)
    {
        await using var turn = await ScriptedTurn.BeginAsync(host, vendor);
        turn.Provider.Refuse(401, turn.Vendor.Refusal("who are you"));

        var answer = await turn.AskAsync("hello");

        Assert.Equal(("APIError", 401, "who are you"), answer.Error);
        Assert.Single(turn.Requests);
        Assert.Equal(["busy", "error APIError", "idle", "session.idle"], turn.Statuses);
        Assert.DoesNotContain(turn.Events, static frame => frame.Data.Contains("Bearer", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_refused_connection_is_tried_again_until_the_user_aborts(string vendor)
    {
        await using var turn = await ScriptedTurn.BeginAsync(host, vendor, "gone");

        var asked = turn.AskAsync("hello");
        var retry = await turn.RetryAsync(1);
        await host.Server.Api.PostAsync($"/session/{turn.Session}/abort");

        Assert.Contains(host.RefusingAddress, retry.Text("message"), StringComparison.Ordinal);
        Assert.Equal((null, null, null), (await asked).Error); // a wait that the user ends is no error
        Assert.Equal(["busy", "retry 1"], turn.Statuses.Take(2));
        Assert.Equal(["idle", "session.idle"], turn.Statuses.TakeLast(2));
        Assert.DoesNotContain(turn.Statuses, static what => what.StartsWith("error", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_cut_stream_is_tried_again_and_the_model_is_told_only_the_answer_that_ended(string vendor)
    {
        await using var turn = await ScriptedTurn.BeginAsync(host, vendor);
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        turn.Provider.StreamAndCut(seen.Task, turn.Vendor.Beginning("A half"));
        turn.Answer(Block.Text("A whole."));

        var asked = turn.AskAsync("hello");
        await turn.Stream.WaitForAsync(frame => frame.Session == turn.Session && frame.Type == "message.part.delta", "the half answer");
        seen.SetResult();
        var answer = await asked;
        turn.Answer(Block.Text("Next."));
        await turn.AskAsync("and then?");

        Assert.Equal("A half|A whole.", answer.Texts("text"));
        Assert.Equal(["busy", "retry 1", "busy", "idle", "session.idle"], turn.Statuses.Take(5));
        var history = turn.Requests[^1].Body.GetProperty("messages").GetRawText();
        Assert.Contains("A whole.", history, StringComparison.Ordinal);
        Assert.DoesNotContain("A half", history, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Vendors))]
    public async Task A_stream_that_hangs_is_cut_after_the_silence_that_the_configuration_allows(string vendor)
    {
        await using var turn = await ScriptedTurn.BeginAsync(host, vendor, "short");
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        turn.Provider.StreamAndHang(gone, turn.Vendor.Beginning("A half"));
        for (var n = 0; n < 5; n++)
            turn.Answer(Block.Text("A whole.")); // A stalled machine is silent too.

        var answer = await turn.AskAsync("hello");

        await Eventually.EndsAsync(gone.Task, "the connection that hangs");
        Assert.EndsWith("A whole.", answer.Texts("text"), StringComparison.Ordinal);
        Assert.Contains("was silent for 2 s", (await turn.RetryAsync(1)).Text("message"), StringComparison.Ordinal);
        Assert.Equal(["busy", "retry 1", "busy"], turn.Statuses.Take(3));
        Assert.Equal(["idle", "session.idle"], turn.Statuses.TakeLast(2));
    }
}
