namespace OpenCode.Actors.Server.Config;

/// <summary>A configuration cannot be used. Lists every mistake, or the first hundred, so that one look at the files is enough.</summary>
internal sealed class ConfigException(IReadOnlyList<ConfigMistake> mistakes) : Exception(Describe(mistakes))
{
    private const int MostListed = 100;

    public IReadOnlyList<ConfigMistake> Mistakes { get; } = mistakes;

    private static string Describe(IReadOnlyList<ConfigMistake> mistakes)
    {
        // Several checks look at one key: it is named once, by the first that refused it.
        var listed = mistakes.DistinctBy(static mistake => (mistake.Source, mistake.Key, mistake.Key.Length == 0 ? mistake.Message : "")).ToList();
        return $"The configuration has {(listed.Count == 1 ? "a mistake" : $"{listed.Count} mistakes")}:\n  " + string.Join("\n  ", listed.Take(MostListed))
            + (listed.Count > MostListed ? "\n  and more." : "");
    }
}
