using System.Text.Json;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Sessions.Tools.Functions;

/// <summary>The outcome of a tool's function.</summary>
/// <param name="Title">A line for people.</param>
/// <param name="Output">The output for the model.</param>
/// <param name="Metadata">The metadata of the completed part.</param>
internal sealed record ToolOutcome(string Title, string Output, JsonElement Metadata)
{
    /// <summary>Gets the files that were read for the model.</summary>
    public IReadOnlyList<ToolFile> Files { get; init; } = [];

    /// <summary>Gets the real paths of the files that were written.</summary>
    public IReadOnlyList<string> Edited { get; init; } = [];

    /// <summary>Gets the new to-do list; null leaves it as it is.</summary>
    public IReadOnlyList<Todo>? Todos { get; init; }
}
