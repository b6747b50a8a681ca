namespace OpenCode.Actors.EndToEnd.ModelTurns;

/// <summary>A piece of a scripted answer, in the chunks in which the vendor sends it.</summary>
public abstract record Block
{
    public static Block Text(params string[] chunks) => new TextBlock(chunks);

    public static Block Reasoning(params string[] chunks) => new ReasoningBlock(chunks);

    public static Block Call(string id, string name, params string[] arguments) => new CallBlock(id, name, arguments);
}

public sealed record TextBlock(IReadOnlyList<string> Chunks) : Block;

public sealed record ReasoningBlock(IReadOnlyList<string> Chunks) : Block;

public sealed record CallBlock(string Id, string Name, IReadOnlyList<string> Arguments) : Block;
