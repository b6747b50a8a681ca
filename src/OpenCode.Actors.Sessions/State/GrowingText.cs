using System.Text;

namespace OpenCode.Actors.Sessions.State;

/// <summary>A text that only grows: a length into a buffer that all its versions share. Growing costs what is added, not what is there.</summary>
/// <remarks>Only the newest version may grow, which is how a session uses it: its tentative state is one line of versions (rule "One append outstanding").</remarks>
internal readonly struct GrowingText
{
    private readonly StringBuilder? _buffer;

    private GrowingText(StringBuilder buffer) => (_buffer, Length) = (buffer, buffer.Length);

    /// <summary>Gets the length, in UTF-16 units.</summary>
    public int Length { get; }

    /// <summary>Makes a text.</summary>
    public static GrowingText Of(string text) => new(new StringBuilder(text));

    /// <summary>Makes the version that has <paramref name="more"/> at its end. A version that is not the newest is copied first.</summary>
    public GrowingText Append(string more)
    {
        var buffer = _buffer is { } shared && shared.Length == Length ? shared : new StringBuilder(ToString());
        return new GrowingText(buffer.Append(more));
    }

    /// <inheritdoc/>
    public override string ToString() => _buffer?.ToString(0, Length) ?? "";
}
