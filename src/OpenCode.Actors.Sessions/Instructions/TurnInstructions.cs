using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Sessions.Instructions;

/// <summary>The instructions of one turn: collected at its first step and the same for the next ones, so that the provider's cache hits.</summary>
internal sealed class TurnInstructions(SystemPrompts prompts)
{
    private readonly Lock _lock = new();
    private PromptContext? _of;
    private Task<SystemPrompt>? _collected;

    /// <summary>Makes a model that is asked with them.</summary>
    public IChatModel On(IChatModel model, PromptContext briefing) => new InstructedModel(model, cancellationToken => GetAsync(briefing).WaitAsync(cancellationToken));

    private Task<SystemPrompt> GetAsync(PromptContext briefing)
    {
        lock (_lock)
        {
            // A prompt that came meanwhile may name another agent. A try that is given up does not give up the collection, which is bounded in time.
            if (_collected is null or { IsFaulted: true } || _of != briefing)
                (_of, _collected) = (briefing, prompts.CollectAsync(briefing, CancellationToken.None));
            return _collected;
        }
    }
}
