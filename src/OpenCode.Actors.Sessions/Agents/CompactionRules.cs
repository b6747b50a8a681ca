namespace OpenCode.Actors.Sessions.Agents;

/// <summary>When and how the sessions of a location are compacted. Section <c>compaction</c>.</summary>
internal sealed record CompactionRules
{
    /// <summary>Gets what holds without a configuration.</summary>
    public static CompactionRules Default { get; } = new();

    /// <summary>Gets a value indicating whether a session is summed up when its context is nearly full, or a model refused it as too long.</summary>
    public bool Auto { get; init; } = true;

    /// <summary>Gets a value indicating whether requests to models leave out the outputs of old tool calls.</summary>
    public bool Prune { get; init; }

    /// <summary>Gets how many of the newest prompts, with their answers, are kept as they are.</summary>
    public int TailTurns { get; init; }

    /// <summary>Gets how many tokens these may have; null for a quarter of the context, 8,000 at most.</summary>
    public int? PreserveRecentTokens { get; init; }

    /// <summary>Gets how many tokens of the context stay free for the answer; null for as many as an answer may have.</summary>
    public int? Reserved { get; init; }
}
