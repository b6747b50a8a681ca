using System.Net;
using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Sequences;

/// <summary>Answers of the session routes that clients build on.</summary>
public sealed class SessionApiTests(ITestOutputHelper output) : ServerTest(output)
{
    [Fact]
    public async Task A_repeated_messageID_answers_as_the_first_time_and_prompts_once()
    {
        var server = await StartAsync();
        await using var stream = await server.ListenAsync();
        var session = await server.Api.CreateSessionAsync();
        await server.Api.AskAsync(session, "hello");
        var id = "msg_7fffffffffffAAAAAAAAAAAAAA";
        var prompt = new { messageID = id, parts = new[] { new { type = "text", text = "once" } } };

        var first = await server.Api.PostAsync($"/session/{session}/message", prompt);
        var second = await server.Api.PostAsync($"/session/{session}/message", prompt);
        await server.Api.PostAsync($"/session/{session}/prompt_async", prompt, HttpStatusCode.NoContent);

        Assert.Equal(first.Text("info", "id"), second.Text("info", "id"));
        Assert.Equal(4, (await server.Api.MessagesAsync(session)).Count);
        var ids = (await server.Api.MessagesAsync(session)).Select(m => m.Text("info", "id")!).ToList();
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids); // Rule "Ids that sort": client-made ids included.
    }

    [Fact]
    public async Task Messages_are_paged_from_the_newest()
    {
        var server = await StartAsync();
        var session = await server.Api.CreateSessionAsync();
        for (var n = 0; n < 7; n++)
            await server.Api.PostAsync($"/session/{session}/message", new { noReply = true, parts = new[] { new { type = "text", text = $"note {n}" } } });

        List<string?> all = [];
        var path = $"/session/{session}/message?limit=3";
        for (var pages = 0; pages < 5; pages++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            using var response = await server.Api.SendAsync(request);
            var page = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.EnumerateArray().ToList();
            all.InsertRange(0, page.Select(m => m.GetProperty("parts")[0].Text("text")));
            if (!response.Headers.TryGetValues("X-Next-Cursor", out var cursor))
                break;

            Assert.Contains("rel=\"next\"", string.Concat(response.Headers.GetValues("Link")), StringComparison.Ordinal);
            path = $"/session/{session}/message?limit=3&before={Uri.EscapeDataString(cursor.Single())}";
        }

        Assert.Equal(Enumerable.Range(0, 7).Select(n => $"note {n}"), all);
    }

    [Fact]
    public async Task The_answer_of_a_prompt_comes_after_all_its_events()
    {
        // Rule "Order barrier", and why `run --attach` prints anything: it stops reading when this answers.
        var server = await StartAsync();
        for (var n = 0; n < 20; n++)
        {
            // Reads nothing until the answer is there: whatever it then finds had been sent before.
            using var stream = await StalledClient.ConnectAsync(server.Root, "/event", receiveBytes: 1 << 20);
            await Eventually.TrueAsync(() => stream.Available > 0, "the first frame");
            var session = await server.Api.CreateSessionAsync();

            await server.Api.AskAsync(session, "hello");

            Assert.Contains($"\"session.idle\",\"properties\":{{\"sessionID\":\"{session}\"", stream.ReadAvailable(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Children_status_and_delete_of_a_busy_session_tell_the_truth()
    {
        var server = await StartAsync();
        await using var stream = await server.ListenAsync();
        var parent = await server.Api.CreateSessionAsync();
        var child = await server.Api.CreateSessionAsync(new { parentID = parent });
        Assert.Equal([child], (await server.Api.GetAsync($"/session/{parent}/children")).EnumerateArray().Select(s => s.Text("id")));
        var sleep = $"{Random.Shared.Next(100_000, 900_000)}";
        await server.Api.PromptAsync(child, $"run: sleep {sleep}");
        await Eventually.TrueAsync(() => Unix.ProcessesWith("sleep", sleep).Count == 1, "the sleep");
        Assert.Equal("busy", await server.Api.StatusAsync(child));

        await server.Api.CallAsync(HttpMethod.Delete, $"/session/{parent}");

        await stream.WaitForTypeAsync("session.deleted", parent);
        await Eventually.TrueAsync(() => Unix.ProcessesWith("sleep", sleep).Count == 0, "the sleep to be gone");
        Assert.Empty((await server.Api.GetAsync("/session")).EnumerateArray());
        Assert.Empty((await server.Api.GetAsync("/session/status")).EnumerateObject());
        var deleted = stream.Events.ToList().FindIndex(e => e.Type == "session.deleted" && e.Session == child);
        Assert.DoesNotContain(stream.Events.Skip(deleted + 1), e => e.Session == child);
        Assert.True(deleted < stream.Events.ToList().FindIndex(e => e.Type == "session.deleted" && e.Session == parent), "Children go first.");
    }
}
