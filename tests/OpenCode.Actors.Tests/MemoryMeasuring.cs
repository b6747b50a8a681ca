namespace OpenCode.Actors.Tests;

/// <summary>Tests that measure what the process holds: whatever another test lets go of meanwhile would be taken for theirs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class MemoryMeasuring
{
    public const string Name = "memory is measured";
}
