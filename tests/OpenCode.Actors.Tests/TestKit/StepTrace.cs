namespace OpenCode.Actors.Tests.TestKit;

/// <summary>A hash over the order of all steps and notes (FNV-1a), and their text where that is wanted.</summary>
internal sealed class StepTrace
{
    private ulong _hash = 14695981039346656037UL;

    public ulong Hash => _hash;

    /// <summary>Gets the text so far; null when only the hash is kept.</summary>
    public List<string>? Lines { get; private set; }

    public void KeepText() => Lines ??= [];

    public void Add(long key, int choices, string what)
    {
        Mix((ulong)key);
        Mix((ulong)choices);
        Mix(what);
    }

    public void Say(string note)
    {
        Mix(note);
        Lines?.Add("    " + note);
    }

    private void Mix(string text)
    {
        foreach (var c in text)
            Mix(c);
    }

    private void Mix(ulong value) => _hash = unchecked((_hash ^ value) * 1099511628211UL);
}
