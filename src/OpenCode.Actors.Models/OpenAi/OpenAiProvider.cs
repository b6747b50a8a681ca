using System.ClientModel.Primitives;

namespace OpenCode.Actors.Models.OpenAi;

/// <summary>A provider and where it is.</summary>
internal sealed record OpenAiProvider(ProviderOptions Options, Uri Endpoint);

/// <summary>For servers that want no key: no Authorization header.</summary>
internal sealed class NoAuthentication : AuthenticationPolicy
{
    public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) => ProcessNext(message, pipeline, currentIndex);

    public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) => ProcessNextAsync(message, pipeline, currentIndex);
}
