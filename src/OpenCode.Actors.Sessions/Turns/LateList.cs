using System.Collections;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>A list that is made when it is first looked at, by the one that looks.</summary>
internal sealed class LateList<T>(Func<IReadOnlyList<T>> make) : IReadOnlyList<T>
{
    private readonly Lazy<IReadOnlyList<T>> _made = new(make);

    /// <inheritdoc/>
    public int Count => _made.Value.Count;

    /// <inheritdoc/>
    public T this[int index] => _made.Value[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _made.Value.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
