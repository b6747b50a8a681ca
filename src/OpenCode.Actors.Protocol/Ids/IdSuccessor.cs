namespace OpenCode.Actors.Protocol.Ids;

/// <summary>Finds a text that sorts after any given one: for ids that a client made in a form that is not ours (rule "Ids that sort").</summary>
internal static class IdSuccessor
{
    // Counted up at this length, so that successors of successors stay as long as they are. Room is left for a random tail.
    private const int CountedLength = 24;

    /// <summary>Returns a body, ordinally greater than <paramref name="body"/> whatever is put behind it.</summary>
    /// <param name="body">An id without its prefix.</param>
    /// <returns>24 characters, or up to 46 where the first 24 are at their end; a tail of 14 fits within the 60 of the grammar.</returns>
    /// <exception cref="ArgumentException">The body begins with 46 of the greatest character. Only a client that wants to harm its own session sends that.</exception>
    public static string Of(ReadOnlySpan<char> body)
    {
        const int longest = IdText.MaxBodyLength - 14;
        return CountUp(body, CountedLength) ?? CountUp(body, longest)
            ?? throw new ArgumentException($"No id sorts after '{body}': its first {longest} characters are the greatest there are.", nameof(body));
    }

    private static string? CountUp(ReadOnlySpan<char> body, int length)
    {
        Span<char> digits = stackalloc char[length];
        digits.Fill(IdText.Alphabet[0]);
        body[..Math.Min(body.Length, length)].CopyTo(digits);
        for (var i = length - 1; i >= 0; i--)
        {
            var value = IdText.Alphabet.IndexOf(digits[i], StringComparison.Ordinal);
            if (value < IdText.Alphabet.Length - 1)
            {
                digits[i] = IdText.Alphabet[value + 1];
                return new string(digits);
            }

            digits[i] = IdText.Alphabet[0];
        }

        return null;
    }
}
