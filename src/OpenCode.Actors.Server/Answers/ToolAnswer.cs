using System.Text.Json;

namespace OpenCode.Actors.Server.Answers;

/// <summary>A tool as clients list it.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Description">The description that the model reads.</param>
/// <param name="Parameters">The schema of its input.</param>
internal sealed record ToolAnswer(string Id, string Description, JsonElement Parameters);
