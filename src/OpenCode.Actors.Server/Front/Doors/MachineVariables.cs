using System.Collections;

namespace OpenCode.Actors.Server.Front.Doors;

/// <summary>The environment variables of this process.</summary>
internal static class MachineVariables
{
    public static IEnumerable<KeyValuePair<string, string>> All() => Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
        .Select(static pair => KeyValuePair.Create((string)pair.Key, (string?)pair.Value ?? ""));
}
