using System.Net;
using OpenCode.Actors.EndToEnd.Harness;

namespace OpenCode.Actors.EndToEnd.Sequences;

/// <summary>What clients do, named as the recorded traces of the real server are. The prompts are those of the embedded model; <see cref="FakeProvider"/> knows them too.</summary>
internal static class Scenarios
{
    public static IReadOnlyDictionary<string, Func<Stage, Task>> All { get; } = new SortedDictionary<string, Func<Stage, Task>>(StringComparer.Ordinal)
    {
        ["session-create"] = async s =>
        {
            await s.SessionAsync(new { });
            await s.SessionAsync(new { title = "A given title" });
        },
        ["session-update-title"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.Api.CallAsync(HttpMethod.Patch, $"/session/{session}", new { title = "Another title" });
            await s.Api.CallAsync(HttpMethod.Patch, $"/session/{session}", new { time = new { archived = 1_795_239_713_318 } });
        },
        ["session-delete"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.SessionAsync(new { title = "Child", parentID = session });
            await s.Api.CallAsync(HttpMethod.Delete, $"/session/{session}");
            await s.Api.GetAsync($"/session/{session}", HttpStatusCode.NotFound);
        },
        ["prompt-text"] = async s => await s.RunAsync(await s.SessionAsync(), "hello"),
        ["prompt-text-second-turn"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.RunAsync(session, "hello");
            await s.RunAsync(session, "hello again");
        },
        ["prompt-sync"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.Api.PostAsync($"/session/{session}/message", s.Prompt("hello"));
            await s.IdleAsync(session);
        },
        ["prompt-reasoning"] = async s => await s.RunAsync(await s.SessionAsync(), "think: Let me think about this."),
        ["prompt-bash"] = async s => await s.RunAsync(await s.SessionAsync(), "run: for i in 1 2 3; do echo line $i; sleep 0.15; done"),
        ["prompt-bash-fail"] = async s => await s.RunAsync(await s.SessionAsync(), "run: echo before; exit 3"),
        ["prompt-two-sessions"] = async s =>
        {
            var (a, b) = (await s.SessionAsync(new { title = "A" }), await s.SessionAsync(new { title = "B" }));
            await s.PromptAsync(a, "hello a");
            await s.PromptAsync(b, "hello b");
            await s.IdleAsync(a);
            await s.IdleAsync(b);
        },
        ["prompt-while-busy"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.PromptAsync(session, "run: sleep 2; echo one");
            await s.PartAsync(session, "running");
            await s.PromptAsync(session, "hello queued");
            await s.IdleAsync(session);
        },
        ["prompt-write-edit"] = async s =>
        {
            var session = await s.SessionAsync();
            var from = s.Stream.Frames.Count;
            await s.RunAsync(session, """call: write {"filePath":"made.txt","content":"hello\n"}""");
            var file = (await s.Stream.WaitForTypeAsync("file.edited", from: from)).Properties.Text("file");
            from = s.Stream.Frames.Count;
            await s.RunAsync(session, """call: edit {"filePath":"made.txt","oldString":"hello","newString":"goodbye"}""");
            Assert.Equal(file, (await s.Stream.WaitForTypeAsync("file.edited", from: from)).Properties.Text("file"));
        },
        ["task-subagent"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.RunAsync(session, """call: task {"description":"Say hi","prompt":"say hi from the subagent","subagent_type":"general"}""");
            Assert.Single((await s.Api.GetAsync($"/session/{session}/children")).EnumerateArray());
        },
        ["todo"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.RunAsync(session, """call: todowrite {"todos":[{"content":"First","status":"in_progress","priority":"high"},{"content":"Second","status":"pending","priority":"low"}]}""");
            Assert.Equal(["First", "Second"], (await s.Api.GetAsync($"/session/{session}/todo")).EnumerateArray().Select(todo => todo.Text("content")));
        },
        ["noreply-prompt"] = async s => await s.Api.PostAsync($"/session/{await s.SessionAsync()}/message", s.Prompt("context only", noReply: true)),
        ["permission-once-new-endpoint"] = async s =>
        {
            var session = await s.SessionAsync(Stage.AskForBash);
            await s.PromptAsync(session, "run: echo permitted");
            await s.AnswerOnceAsync($"/permission/{await s.RequestAsync("permission.asked", session)}/reply", new { reply = "once" });
            await s.IdleAsync(session);
        },
        ["permission-session-endpoint"] = async s =>
        {
            var session = await s.SessionAsync(Stage.AskForBash);
            await s.PromptAsync(session, "run: echo permitted");
            await s.AnswerOnceAsync($"/session/{session}/permissions/{await s.RequestAsync("permission.asked", session)}", new { response = "once" });
            await s.IdleAsync(session);
        },
        ["permission-always"] = async s =>
        {
            var session = await s.SessionAsync(Stage.AskForBash);
            await s.PromptAsync(session, "run: printf permitted");
            await s.AnswerOnceAsync($"/permission/{await s.RequestAsync("permission.asked", session)}/reply", new { reply = "always" });
            await s.IdleAsync(session);
            await s.RunAsync(session, "run: printf again");
        },
        ["permission-reject"] = async s =>
        {
            var session = await s.SessionAsync(Stage.AskForBash);
            await s.PromptAsync(session, "run: uname -s");
            await s.AnswerOnceAsync($"/permission/{await s.RequestAsync("permission.asked", session)}/reply", new { reply = "reject", message = "not now" });
            await s.IdleAsync(session);
        },
        ["permission-reject-no-message"] = async s =>
        {
            var session = await s.SessionAsync(Stage.AskForBash);
            await s.PromptAsync(session, "run: uname -s");
            await s.AnswerOnceAsync($"/permission/{await s.RequestAsync("permission.asked", session)}/reply", new { reply = "reject" });
            await s.IdleAsync(session);
        },
        ["question-reply"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.PromptAsync(session, "ask: Which colour? | Red | Blue");
            await s.AnswerOnceAsync($"/question/{await s.RequestAsync("question.asked", session)}/reply", new { answers = new[] { new[] { "Red" } } });
            await s.IdleAsync(session);
        },
        ["question-reject"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.PromptAsync(session, "ask: Which colour? | Red | Blue");
            await s.AnswerOnceAsync($"/question/{await s.RequestAsync("question.asked", session)}/reject", body: null);
            await s.IdleAsync(session);
        },
        ["abort-text"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.PromptAsync(session, "slow: 200");
            await s.DeltasAsync(session, 3);
            await s.AbortAsync(session);
            await s.IdleAsync(session);
        },
        ["abort-bash"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.PromptAsync(session, "run: echo started; sleep 1000");
            await s.OutputAsync(session, "started");
            await s.AbortAsync(session);
            await s.IdleAsync(session);
        },
        ["message-delete-part-edit"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.RunAsync(session, "hello");
            var messages = await s.Api.GetAsync($"/session/{session}/message");
            var (asked, answer) = (messages[0].Text("info", "id"), messages[1].Text("info", "id"));
            var part = messages[0].GetProperty("parts")[0].Text("id");
            var path = $"/session/{session}/message/{asked}/part/{part}";
            await s.Api.CallAsync(HttpMethod.Patch, path, new { id = part, sessionID = session, messageID = asked, type = "text", text = "edited" });
            await s.Api.CallAsync(HttpMethod.Delete, path);
            await s.Api.CallAsync(HttpMethod.Delete, $"/session/{session}/message/{answer}");
        },
        ["session-revert-unrevert"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.RunAsync(session, "hello");
            var asked = (await s.Api.GetAsync($"/session/{session}/message"))[0].Text("info", "id");
            await s.Api.PostAsync($"/session/{session}/revert", new { messageID = asked });
            await s.Api.PostAsync($"/session/{session}/unrevert");
            await s.Api.PostAsync($"/session/{session}/revert", new { messageID = asked });
            await s.RunAsync(session, "hello again");
        },
        ["session-fork"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.RunAsync(session, "hello");
            await s.Api.PostAsync($"/session/{session}/fork", new { });
        },
        ["session-delete-while-busy"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.PromptAsync(session, "slow: 200");
            await s.DeltasAsync(session, 3);
            await s.Api.CallAsync(HttpMethod.Delete, $"/session/{session}");
            using var abort = new HttpRequestMessage(HttpMethod.Post, $"/session/{session}/abort");
            using var aborted = await s.Api.SendAsync(abort);
            if (aborted.IsSuccessStatusCode)
                await s.IdleAsync(session); // The real server's run goes on until then.
        },
        ["command-init"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.Api.PostAsync($"/session/{session}/command", new { command = "init", arguments = "", model = $"{FakeProvider.ProviderId}/{FakeProvider.ModelId}" });
            await s.Stream.WaitForTypeAsync("command.executed", session);
        },
        ["session-title"] = async s =>
        {
            var session = await s.SessionAsync(new { });
            await s.RunAsync(session, "hello");
            await s.Stream.WaitForAsync(f => f.Type == "session.updated" && f.Session == session && f.Properties.Text("info", "title") is "A title" or "hello", "the title");
        },
        ["summarize"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.RunAsync(session, "hello");
            var from = s.Stream.Frames.Count;
            await s.Api.PostAsync($"/session/{session}/summarize", s.Model);
            await s.IdleAsync(session, from);
        },
        ["context-full"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.Api.PromptAsync(session, "full", new { providerID = FakeProvider.ProviderId, modelID = SequenceServer.SmallModel });
            await s.IdleAsync(session);
        },
        ["context-overflow"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.RunAsync(session, "hello");
            await s.RunAsync(session, "overflow");
        },
        ["llm-conn-refused"] = s => RetryTwiceThenAbortAsync(s, "hello", new { providerID = SequenceServer.DeadProvider, modelID = "dead-1" }),
        ["llm-unknown-model"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.Api.PromptAsync(session, "hello", new { providerID = "nope", modelID = "nope-1" });
            await s.IdleAsync(session);
        },
        ["llm-error-400"] = async s => await s.RunAsync(await s.SessionAsync(), "fail: 400"),
        ["llm-error-401"] = async s => await s.RunAsync(await s.SessionAsync(), "fail: 401"),
        ["llm-error-429-retry"] = s => RetryTwiceThenAbortAsync(s, "fail: 429"),
        ["llm-error-500-retry"] = s => RetryTwiceThenAbortAsync(s, "fail: 500"),
        ["llm-error-stream-cut"] = s => RetryTwiceThenAbortAsync(s, "cut"),
        ["shell"] = async s =>
        {
            var session = await s.SessionAsync();
            await s.Api.PostAsync($"/session/{session}/shell", new { agent = "build", command = "for i in 1 2 3; do echo out; sleep 0.15; done" });
            await s.IdleAsync(session);
        },
    };

    /// <summary>Lists the scenarios that need a provider: the embedded model has no such errors.</summary>
    public static IReadOnlySet<string> OfProvider { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "command-init", "context-full", "context-overflow", "llm-conn-refused", "llm-error-401", "llm-error-429-retry", "llm-error-stream-cut", "prompt-write-edit", "task-subagent", "todo",
    };

    private static async Task RetryTwiceThenAbortAsync(Stage s, string prompt, object? model = null)
    {
        var session = await s.SessionAsync();
        await (model is null ? s.PromptAsync(session, prompt) : s.Api.PromptAsync(session, prompt, model));
        await s.RetryAsync(session, 2);
        await s.AbortAsync(session);
        await s.IdleAsync(session);
    }
}
