namespace OpenCode.Actors.Protocol.Ids;

/// <summary>What all ids share: a prefix that names their kind and a text of <c>[A-Za-z0-9_]</c> that is safe in a path and a file name.</summary>
/// <typeparam name="TSelf">The id itself.</typeparam>
public interface IId<TSelf>
    where TSelf : struct, IId<TSelf>
{
    /// <summary>Gets the three letters that every id of this kind begins with.</summary>
    static abstract string Prefix { get; }

    /// <summary>Gets the whole text, prefix included.</summary>
    string Value { get; }

    /// <summary>Makes the id of a text that is known to be valid.</summary>
    /// <param name="value">The whole text, prefix included; not checked.</param>
    /// <returns>The id.</returns>
    static abstract TSelf From(string value);
}
