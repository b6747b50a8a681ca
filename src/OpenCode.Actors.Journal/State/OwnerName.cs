using System.Buffers;

namespace OpenCode.Actors.Journal.State;

/// <summary>What an owner may be called, since its snapshot is a file of that name.</summary>
internal static class OwnerName
{
    private const int MaxLength = 120;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.");

    public static bool IsValid(string owner) => owner.Length is > 0 and <= MaxLength && owner[0] != '.' && !owner.AsSpan().ContainsAnyExcept(Allowed);

    public static void Check(string owner, string parameterName)
    {
        if (!IsValid(owner))
            throw new ArgumentException($"The owner '{owner}' cannot name a file: give 1 to {MaxLength} of A-Z a-z 0-9 _ - . that do not start with a dot.", parameterName);
    }
}
