using System.Collections;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>A list that is built at its first use, on the thread of its user.</summary>
internal sealed class LazyList<T>(Func<IReadOnlyList<T>> make) : IReadOnlyList<T>
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
