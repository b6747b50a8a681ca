namespace OpenCode.Actors.Server.Answers;

/// <summary>A command as clients list it.</summary>
/// <param name="Name">The word after the slash.</param>
/// <param name="Template">The prompt, with places for arguments.</param>
/// <param name="Hints">The places for arguments, each once.</param>
internal sealed record CommandAnswer(string Name, string Template, IReadOnlyList<string> Hints)
{
    public string? Description { get; init; }

    public string? Agent { get; init; }

    public string? Model { get; init; }

    public bool? Subtask { get; init; }

    /// <summary>Gets what it is made from: <c>command</c>, <c>skill</c>, or <c>mcp</c>, whose template only its server knows.</summary>
    public string Source { get; init; } = "command";
}
