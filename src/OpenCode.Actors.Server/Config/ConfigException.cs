namespace OpenCode.Actors.Server.Config;

/// <summary>A configuration cannot be used. Lists every mistake, or the first hundred, so that one look at the files is enough.</summary>
internal sealed class ConfigException(IReadOnlyList<ConfigMistake> mistakes) : Exception(Describe(mistakes))
{
    private const int MostListed = 100;

    public IReadOnlyList<ConfigMistake> Mistakes { get; } = mistakes;

    private static string Describe(IReadOnlyList<ConfigMistake> mistakes) =>
        $"The configuration has {(mistakes.Count == 1 ? "a mistake" : $"{mistakes.Count} mistakes")}:\n  " + string.Join("\n  ", mistakes.Take(MostListed))
        + (mistakes.Count > MostListed ? "\n  and more." : "");
}
