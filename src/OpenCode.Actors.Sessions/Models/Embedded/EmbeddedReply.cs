namespace OpenCode.Actors.Sessions.Models.Embedded;

/// <summary>A reply of the embedded model, before it is streamed.</summary>
internal sealed record EmbeddedReply
{
    /// <summary>Gets the reasoning, streamed first.</summary>
    public string Reasoning { get; init; } = "";

    /// <summary>Gets the text, streamed word by word.</summary>
    public string Text { get; init; } = "";

    /// <summary>Gets the time from word to word; none by default.</summary>
    public TimeSpan Pace { get; init; }

    /// <summary>Gets the tool to call, if one is.</summary>
    public ToolCall? Call { get; init; }

    /// <summary>Gets the error to fail with instead of answering.</summary>
    public ModelException? Failure { get; init; }
}
