using System.Net;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Sequences;

/// <summary>What a scenario acts on: a server, its stream from the beginning, and the model that answers.</summary>
internal sealed class Stage(Api api, SseClient stream, object? model)
{
    public static readonly object AskForBash = new { title = "T", permission = new[] { new { permission = "bash", pattern = "*", action = "ask" } } };

    public Api Api => api;

    public SseClient Stream => stream;

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
    public Task PartAsync(string session, string status) => stream.WaitForAsync(
        f => f.Type == "message.part.updated" && f.Session == session && f.Properties.Text("part", "state", "status") == status, $"a tool part {status} of {session}");

    public Task DeltasAsync(string session, int count) => Eventually.TrueAsync(
        () => stream.Frames.Count(f => f.Type == "message.part.delta" && f.Session == session) >= count, $"{count} deltas of {session}");

    public async Task RetryAsync(string session, int attempt) => await stream.WaitForAsync(
        f => f.Type == "session.status" && f.Session == session && f.Properties.At("status", "attempt")?.GetInt32() == attempt, $"retry {attempt} of {session}", limit: TimeSpan.FromSeconds(60));

    /// <summary>Waits for a request of the given kind and returns its id.</summary>
    public async Task<string> RequestAsync(string type, string session) => (await stream.WaitForTypeAsync(type, session)).Properties.Text("id")!;

    public Task AbortAsync(string session) => api.PostAsync($"/session/{session}/abort");

    /// <summary>Answers a request, then answers it again, which must say that it is gone.</summary>
    public async Task AnswerOnceAsync(string path, object? body)
    {
        await api.PostAsync(path, body);
        await api.PostAsync(path, body, HttpStatusCode.NotFound);
    }
}
