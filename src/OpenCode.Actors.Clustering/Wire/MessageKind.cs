using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace OpenCode.Actors.Clustering.Wire;

/// <summary>How one type of message crosses nodes.</summary>
/// <param name="Type">The type.</param>
/// <param name="Manifest">Its name on the wire, <c>name.version</c>. The version grows when an older node could not read it any more.</param>
/// <param name="Write">Makes the bytes.</param>
/// <param name="Read">Reads the bytes.</param>
internal sealed record MessageKind(Type Type, string Manifest, Func<object, byte[]> Write, Func<byte[], object> Read)
{
    /// <summary>A message as JSON.</summary>
    /// <param name="manifest">Its name.</param>
    /// <param name="shorten">Makes the message smaller before it is written.</param>
    public static MessageKind Json<T>(string manifest, Func<T, T>? shorten = null)
        where T : class
    {
        var info = (JsonTypeInfo<T>)MessageJson.Options.GetTypeInfo(typeof(T));
        return new MessageKind(
            typeof(T),
            manifest,
            message => JsonSerializer.SerializeToUtf8Bytes(shorten is null ? (T)message : shorten((T)message), info),
            static bytes => JsonSerializer.Deserialize(bytes, (JsonTypeInfo<T>)MessageJson.Options.GetTypeInfo(typeof(T))) ?? throw new JsonException("It is null."));
    }

    /// <summary>A message without content.</summary>
    public static MessageKind Empty<T>(string manifest, T instance)
        where T : class => new(typeof(T), manifest, static _ => [], _ => instance);
}
