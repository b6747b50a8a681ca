using System.Net;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Sequences;

/// <summary>What a scenario acts on: a server, its stream from the beginning, and the model that answers.</summary>
internal sealed class Stage(Api api, SseClient stream, object? model)
{
    public static readonly object AskForBash = new { title = "T", permission = new[] { new { permission = "bash", pattern = "*", action = "ask" } } };

    public Api Api => api;

    public SseClient Stream => stream;

    public object? Model => model;

    public Task<string> SessionAsync(object? body = null) => api.CreateSessionAsync(body ?? new { title = "T" });

    public Task PromptAsync(string session, string text) => api.PromptAsync(session, text, model);

    public object Prompt(string text, bool noReply = false) => model is null
        ? new { noReply, parts = new[] { new { type = "text", text } } }
        : new { noReply, model, parts = new[] { new { type = "text", text } } };

    /// <summary>Prompts, and waits until the run has gone idle.</summary>
    public async Task RunAsync(string session, string text)
    {
        var from = stream.Frames.Count;
        await PromptAsync(session, text);
        await IdleAsync(session, from);
    }

    public Task IdleAsync(string session, int from = 0) => stream.WaitForTypeAsync("session.idle", session, from);

    /// <summary>Waits for a part update of the session whose step is the given one.</summary>
    public Task PartAsync(string session, string status) => BeforeIdleAsync(
        session, f => f.Type == "message.part.updated" && f.Properties.Text("part", "state", "status") == status, $"a tool part {status}");

    public async Task DeltasAsync(string session, int count)
    {
        await BeforeIdleAsync(session, f => f.Type == "message.part.delta" && --count <= 0, "enough deltas");
    }

    public Task RetryAsync(string session, int attempt) =>
        BeforeIdleAsync(session, f => f.Type == "session.status" && f.Properties.At("status", "attempt")?.GetInt32() == attempt, $"retry {attempt}");

    public Task OutputAsync(string session, string output) => BeforeIdleAsync(
        session, f => f.Type == "message.part.updated" && f.Properties.Text("part", "state", "metadata", "output")?.Contains(output, StringComparison.Ordinal) == true, $"output {output}");

    /// <summary>Waits for a request of the given kind and returns its id.</summary>
    public async Task<string> RequestAsync(string type, string session) => (await BeforeIdleAsync(session, f => f.Type == type, type)).Properties.Text("id")!;

    public Task AbortAsync(string session) => api.PostAsync($"/session/{session}/abort");

    /// <summary>Answers a request, then answers it again, which must say that it is gone.</summary>
    public async Task AnswerOnceAsync(string path, object? body)
    {
        await api.PostAsync(path, body);
        await api.PostAsync(path, body, HttpStatusCode.NotFound);
    }

    /// <summary>Waits for an event of the session; a session that has gone idle will not send it any more.</summary>
    private async Task<SseFrame> BeforeIdleAsync(string session, Func<SseFrame, bool> fits, string what)
    {
        var found = await stream.WaitForAsync(f => f.Session == session && (f.Type == "session.idle" || fits(f)), $"{what} of {session}", limit: TimeSpan.FromSeconds(60));
        Assert.False(found.Type == "session.idle", $"{session} went idle without {what}: {string.Join(" | ", stream.Frames.TakeLast(5))}");
        return found;
    }
}
