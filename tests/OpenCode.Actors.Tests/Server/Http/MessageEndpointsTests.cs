using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenCode.Actors.Sessions;

namespace OpenCode.Actors.Tests.Server.Http;

public sealed class MessageEndpointsTests
{
    private const string Hello = """{"parts":[{"type":"text","text":"hello"}]}""";

    [Fact]
    public async Task A_turn_that_lasts_gets_its_headers_and_white_space_while_it_is_waited_for()
    {
        await using var server = await ServerKit.StartAsync();
        var session = await server.SessionAsync();
        var asking = server.RespondAsync("POST", $"/session/{session}/message", """{"parts":[{"type":"text","text":"hold"}]}""");
        await server.Models.Holds; // the clock runs ahead of no command

        while (!asking.IsCompleted)
        {
            server.Advance(TimeSpan.FromSeconds(15));
            await Task.Yield();
        }

        using var answer = await asking;
        server.Models.Release();
        var text = await answer.Content.ReadAsStringAsync();
        Assert.Equal((200, "application/json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.StartsWith(" ", text, StringComparison.Ordinal);
        Assert.Equal("assistant", JsonElement.Parse(text).GetProperty("info").GetProperty("role").GetString());
    }

    [Fact]
    public async Task A_prompt_that_is_refused_keeps_its_status()
    {
        await using var server = await ServerKit.StartAsync();

        Assert.Equal(404, (await server.SendAsync("POST", "/session/ses_00000000000000000000000000/message", """{"parts":[{"type":"text","text":"x"}]}""")).Status);
    }

    [Fact]
    public async Task A_prompt_is_answered_with_the_last_message_of_its_turn()
    {
        await using var server = await ServerKit.StartAsync();

        var (status, answer) = await server.SendAsync("POST", $"/session/{await server.SessionAsync()}/message", Hello);

        Assert.Equal(200, status);
        Assert.Equal("assistant", answer.GetProperty("info").GetProperty("role").GetString());
        Assert.Contains(answer.GetProperty("parts").EnumerateArray(), p => p.GetProperty("type").GetString() == "text" && p.GetProperty("text").GetString() == "You said: hello");
    }

    [Fact]
    public async Task The_streams_of_the_location_had_every_event_of_the_turn_before_its_answer()
    {
        await using var server = await ServerKit.StartAsync();
        var session = await server.SessionAsync();
        using var stream = new SseClient(await server.RespondAsync("GET", "/event"));
        await stream.UntilAsync("server.connected");

        await server.SendAsync("POST", $"/session/{session}/message", Hello);
        var had = await stream.UntilAsync("session.idle");

        Assert.Contains(had, e => e.Data.Contains("You said: hello", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_caller_that_leaves_ends_its_wait_and_not_the_turn()
    {
        await using var server = await ServerKit.StartAsync();
        var session = await server.SessionAsync();
        using var stream = new SseClient(await server.RespondAsync("GET", "/event"));
        using (var leaving = new CancellationTokenSource())
        {
            using var body = new StringContent("""{"parts":[{"type":"text","text":"hold"}]}""");
            var waiting = server.Client.PostAsync($"/session/{session}/message", body, leaving.Token);
            await stream.UntilAsync("You said: ");
            await leaving.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }

        server.Models.Release();

        await stream.UntilAsync("session.idle");
        var messages = (await server.SendAsync("GET", $"/session/{session}/message")).Body;
        Assert.Contains("You said: hold", messages.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_asynchronous_prompt_is_answered_with_204()
    {
        await using var server = await ServerKit.StartAsync();
        var session = await server.SessionAsync();
        using var stream = new SseClient(await server.RespondAsync("GET", "/event"));

        using var answer = await server.RespondAsync("POST", $"/session/{session}/prompt_async", Hello);

        Assert.Equal(204, (int)answer.StatusCode);
        await stream.UntilAsync("session.idle");
    }

    [Fact]
    public async Task A_prompt_without_reply_is_answered_with_itself()
    {
        await using var server = await ServerKit.StartAsync();

        var (_, answer) = await server.SendAsync("POST", $"/session/{await server.SessionAsync()}/message", """{"noReply":true,"parts":[{"type":"text","text":"note"}]}""");

        Assert.Equal("user", answer.GetProperty("info").GetProperty("role").GetString());
    }

    [Fact]
    public async Task A_prompt_without_reply_that_came_back_without_its_parts_is_read_from_the_rows()
    {
        // As a node answers that had it accepted by another one, when it is large.
        await using var server = await ServerKit.StartAsync(services: static services =>
        {
            var inner = services.Single(static service => service.ServiceType == typeof(ISessions));
            services.Replace(ServiceDescriptor.Singleton<ISessions>(provider => new ShorteningSessions((ISessions)inner.ImplementationFactory!(provider))));
        });

        var (status, answer) = await server.SendAsync("POST", $"/session/{await server.SessionAsync()}/message", """{"noReply":true,"parts":[{"type":"text","text":"note"}]}""");

        Assert.Equal(200, status);
        Assert.Equal("note", Assert.Single(answer.GetProperty("parts").EnumerateArray()).GetProperty("text").GetString());
    }

    [Fact]
    public async Task An_unknown_model_is_a_400_for_who_waits()
    {
        await using var server = await ServerKit.StartAsync();

        var (status, error) = await server.SendAsync(
            "POST", $"/session/{await server.SessionAsync()}/message", """{"model":{"providerID":"no","modelID":"such"},"parts":[{"type":"text","text":"x"}]}""");

        Assert.Equal(400, status);
        Assert.Contains("no/such", error.GetProperty("data").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeated_message_id_is_answered_as_the_first_time()
    {
        await using var server = await ServerKit.StartAsync();
        var session = await server.SessionAsync();
        const string Prompt = """{"messageID":"msg_mine","parts":[{"type":"text","text":"hello"}]}""";

        var first = (await server.SendAsync("POST", $"/session/{session}/message", Prompt)).Body;
        var again = (await server.SendAsync("POST", $"/session/{session}/message", Prompt)).Body;

        Assert.Equal(first.GetProperty("info").GetProperty("id").GetString(), again.GetProperty("info").GetProperty("id").GetString());
        Assert.Equal(2, (await server.SendAsync("GET", $"/session/{session}/message")).Body.GetArrayLength());
    }

    [Fact]
    public async Task Messages_come_in_pages_whose_cursors_lead_to_the_first()
    {
        await using var server = await ServerKit.StartAsync();
        var session = await server.SessionAsync();
        for (var i = 0; i < 3; i++)
            await server.SendAsync("POST", $"/session/{session}/message", Hello);

        var all = Ids((await server.SendAsync("GET", $"/session/{session}/message")).Body);
        var paged = new List<string>();
        string? path = $"/session/{session}/message?limit=4";
        while (path is not null)
        {
            using var page = await server.RespondAsync("GET", path);
            paged.InsertRange(0, Ids(JsonElement.Parse(await page.Content.ReadAsStringAsync())));
            var cursor = page.Headers.TryGetValues("X-Next-Cursor", out var values) ? values.Single() : null;
            Assert.Equal(cursor is not null, page.Headers.TryGetValues("Link", out var links) && links.Single().EndsWith(">; rel=\"next\"", StringComparison.Ordinal));
            path = cursor is null ? null : $"/session/{session}/message?limit=4&before={Uri.EscapeDataString(cursor)}";
        }

        Assert.Equal(6, all.Count);
        Assert.Equal(all, paged);
    }

    private static List<string> Ids(JsonElement messages) => [.. messages.EnumerateArray().Select(m => m.GetProperty("info").GetProperty("id").GetString()!)];
}
