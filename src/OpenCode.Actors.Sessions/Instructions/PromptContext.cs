namespace OpenCode.Actors.Sessions.Instructions;

/// <summary>The session's part of what the system prompt of a step depends on.</summary>
/// <param name="Session">The session.</param>
/// <param name="Directory">Its location.</param>
/// <param name="Model">The model's full name, <c>provider/model</c>.</param>
/// <param name="AgentPrompt">The agent's own prompt, which is in the place of the general one; null when it has none.</param>
internal sealed record PromptContext(string Session, string Directory, string Model, string? AgentPrompt);
