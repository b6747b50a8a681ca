using System.Text.Json;

namespace OpenCode.Actors.Protocol.Converters;

/// <summary>What the serializer does not check in lists of a client: it looks at the annotations of properties, not at those of a list's elements.</summary>
internal static class ListElements
{
    public static void RefuseNull<T>(IReadOnlyList<T>? list, string name)
        where T : class
    {
        if (list is not null && list.Contains(null!))
            throw new JsonException($"'{name}' has a null in its list; leave it out.");
    }
}
