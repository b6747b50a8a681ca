namespace OpenCode.Actors.Protocol.Converters;

/// <summary>A union on the wire, for the description of the API: the converter of its base type is one.</summary>
public interface ITaggedUnion
{
    /// <summary>Gets the name of the property that tells the cases apart.</summary>
    string Tag { get; }

    /// <summary>Gets the type of each case by its tag.</summary>
    IReadOnlyDictionary<string, Type> Cases { get; }
}
