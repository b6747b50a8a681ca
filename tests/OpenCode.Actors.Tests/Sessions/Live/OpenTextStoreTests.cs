using System.Text.Json;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Tests.Sessions.Live;

public sealed class OpenTextStoreTests : SessionsKit
{
    [Fact]
    public async Task Long_text_is_stored_after_an_eighth_of_its_bytes_and_a_minute_at_most()
    {
        (Options.StoreTextBytes, Options.StoreTextMs) = (1, 1_000);
        var session = (await CreateAsync()).Id;
        await PromptAsync(session);
        await SayAsync(400);
        Assert.Equal(400, await StoredAsync(session));

        // 1,302 bytes: the eighth is more than the 102 that are new, and it is 162 s.
        await SayAsync(34);
        Assert.Equal(400, await StoredAsync(session));
        await SayAsync(34);
        Assert.Equal(468, await StoredAsync(session));

        await SayAsync(34);
        Time.Advance(TimeSpan.FromSeconds(59));
        await RunDryAsync();
        Assert.Equal(468, await StoredAsync(session));
        Time.Advance(TimeSpan.FromSeconds(1));
        await RunDryAsync();
        Assert.Equal(502, await StoredAsync(session));
    }

    // Three bytes each.
    private async Task SayAsync(int characters)
    {
        Model.Answer.Say(new string('語', characters));
        await RunDryAsync();
    }

    private async Task<int> StoredAsync(SessionId session) =>
        ((TextPart)JsonSerializer.Deserialize(Assert.Single(await RowsAsync(session), static row => row.Kind == Rows.Open).Json.Span, ProtocolJson.Wire.Part)!).Text.Length;
}
