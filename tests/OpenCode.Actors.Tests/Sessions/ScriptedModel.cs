using System.Runtime.CompilerServices;
using System.Text.Json;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions;

/// <summary>A model whose answers the test speaks itself, chunk by chunk; also the catalog that knows it as <c>mock/mock-1</c>.</summary>
internal sealed class ScriptedModel(SeededSystem system) : IChatModel, IModelCatalog
{
    private readonly Queue<ScriptedAnswer> _prepared = [];

    public List<ModelRequest> Requests { get; } = [];

    public List<ScriptedAnswer> Answers { get; } = [];

    /// <summary>Gets the answer to the newest request.</summary>
    public ScriptedAnswer Answer => Answers[^1];

    /// <summary>Gets or sets what looking a model up throws.</summary>
    public Exception? CatalogFault { get; set; }

    public string? Fault { get; set; }

    public ModelLimit Limit { get; set; } = new(0, 0);

    /// <summary>Gets or sets what asking for an answer throws, before there is a stream.</summary>
    public Exception? StreamFault { get; set; }

    public ResolvedModel Default => new("mock", "mock-1", this);

    public IReadOnlyList<ProviderInfo> Providers => [];

    /// <summary>Makes the answer of a request that has not come yet.</summary>
    public ScriptedAnswer Prepare()
    {
        var answer = new ScriptedAnswer(system);
        _prepared.Enqueue(answer);
        return answer;
    }

    public bool TryResolve(string providerId, string modelId, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out ResolvedModel? model)
    {
        if (CatalogFault is { } fault)
            throw fault;

        model = providerId == "mock" ? new ResolvedModel(providerId, modelId, this) { Info = new ModelInfo(modelId, modelId) { Limit = Limit } } : null;
        return model is not null;
    }

    public IAsyncEnumerable<ModelChunk> StreamAsync(ModelRequest request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        if (StreamFault is { } fault)
            throw fault;

        Answers.Add(_prepared.TryDequeue(out var prepared) ? prepared : new ScriptedAnswer(system));
        return Answer.ReadAsync(cancellationToken);
    }
}

/// <summary>One answer of the model. What it says arrives by a step of its own.</summary>
internal sealed class ScriptedAnswer(SeededSystem system)
{
    private readonly Queue<object> _chunks = [];
    private TaskCompletionSource _more = new();

    public bool WasCancelled { get; private set; }

    public ScriptedAnswer Say(string text) => Send(new TextDelta(text));

    public ScriptedAnswer Think(string text) => Send(new ReasoningDelta(text));

    public ScriptedAnswer Call(string callId, string tool, string input) => Send(new ToolCallChunk(new ToolCall(callId, tool, JsonElement.Parse(input))));

    public ScriptedAnswer Bash(string callId, string command) => Call(callId, "bash", $$"""{"command":"{{command}}"}""");

    public ScriptedAnswer Ask(string callId, string question) => Call(
        callId, "question", $$"""{"questions":[{"question":"{{question}}","header":"H","options":[{"label":"Red","description":"r"},{"label":"Blue","description":"b"}]}]}""");

    public void End(FinishReason reason = FinishReason.Stop, long input = 120) => Send(new Finished(reason, new TokenUsage(input, 12)));

    public void EndWithCalls() => End(FinishReason.ToolCalls);

    public void Fail(Exception cause) => Send(cause);

    public async IAsyncEnumerable<ModelChunk> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var cancelled = cancellationToken.Register(() =>
        {
            WasCancelled = true;
            system.Outside("model cancelled", () => _more.TrySetCanceled(cancellationToken));
        });
        while (true)
        {
            while (_chunks.TryDequeue(out var next))
            {
                if (next is Exception fault)
                    throw fault;
                yield return (ModelChunk)next;
            }

            cancellationToken.ThrowIfCancellationRequested();
            _more = new TaskCompletionSource();
            await _more.Task;
        }
    }

    private ScriptedAnswer Send(object chunk)
    {
        _chunks.Enqueue(chunk);
        system.Outside("model speaks", () => _more.TrySetResult());
        return this;
    }
}
