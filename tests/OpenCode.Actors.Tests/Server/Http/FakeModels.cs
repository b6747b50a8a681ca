using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Tests.Server.Http;

/// <summary>A model that repeats what it is asked, in words; it waits in the middle when the prompt says "hold".</summary>
internal sealed class FakeModels : IModelCatalog, IChatModel
{
    private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _holds = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets what ends when a prompt holds: it was taken, and its caller answered.</summary>
    public Task Holds => _holds.Task;

    public ResolvedModel Default => new("fake", "echo", this);

    public IReadOnlyList<ProviderInfo> Providers { get; } = [new("fake", "Fake", [new ModelInfo("echo", "Echo")])];

    public bool TryResolve(string providerId, string modelId, [NotNullWhen(true)] out ResolvedModel? model)
    {
        model = (providerId, modelId) == ("fake", "echo") ? Default : null;
        return model is not null;
    }

    /// <summary>Lets a prompt that holds go on.</summary>
    public void Release() => _goOn.TrySetResult();

    public async IAsyncEnumerable<ModelChunk> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var prompt = request.Messages.OfType<UserTurn>().LastOrDefault()?.Text ?? ""; // all parts may be ignored ones
        yield return new TextDelta("You said: ");
        if (prompt.Contains("hold", StringComparison.Ordinal))
        {
            _holds.TrySetResult();
            await _goOn.Task.WaitAsync(cancellationToken);
        }

        yield return new TextDelta(prompt);
        yield return new Finished(FinishReason.Stop, new TokenUsage(1, 2));
    }
}
