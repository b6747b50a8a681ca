namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>Tests that load the machine, or measure: one at a time, and beside nothing else.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class HeavyTests
{
    public const string Name = "heavy";
}
