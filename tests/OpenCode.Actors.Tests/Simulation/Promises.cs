namespace OpenCode.Actors.Tests.Simulation;

/// <summary>The broken promises. Observers only record them: an exception inside a step would be taken for a fault of the writer or actor that the step runs.</summary>
internal sealed class Promises
{
    private readonly List<string> _broken = [];

    public IReadOnlyList<string> Broken => _broken;

    /// <summary>Notes a broken promise.</summary>
    /// <param name="what">Which, with what was seen.</param>
    public void Break(string what) => _broken.Add(what);

    /// <summary>Notes a broken promise if something does not hold.</summary>
    /// <param name="holds">What has to be true.</param>
    /// <param name="what">What is broken if it is not.</param>
    public void Expect(bool holds, string what)
    {
        if (!holds)
            Break(what);
    }
}
