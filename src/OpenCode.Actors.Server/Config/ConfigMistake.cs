namespace OpenCode.Actors.Server.Config;

/// <summary>One thing that is wrong in a configuration.</summary>
/// <param name="Source">Where it was read: a file's path, or the request that brought it.</param>
/// <param name="Key">The full key, its parts joined by dots; empty for the text as a whole.</param>
/// <param name="Message">What is wrong and what may be there.</param>
internal sealed record ConfigMistake(string Source, string Key, string Message)
{
    public override string ToString() => Key.Length == 0 ? $"{Source}: {Message}" : $"{Source}: {Key}: {Message}";
}
