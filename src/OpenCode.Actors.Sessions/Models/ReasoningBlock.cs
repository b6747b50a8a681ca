using System.Text.Json;

namespace OpenCode.Actors.Sessions.Models;

/// <summary>One block of a model's reasoning.</summary>
/// <param name="Text">What it showed of it; may be empty.</param>
/// <param name="Metadata">The provider's metadata, which goes back with it, such as Anthropic's signature: the <c>metadata</c> of the reasoning part. Null for none.</param>
public sealed record ReasoningBlock(string Text, JsonElement? Metadata = null);
