using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace OpenCode.Actors.Clustering.Wire;

/// <summary>Writes and reads what crosses nodes: the table of <see cref="MessageKinds"/>, and nothing else.</summary>
internal sealed class SessionMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>The identifier on the wire. It never changes.</summary>
    public const int Id = 7096;

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <summary>Reads a payload.</summary>
    /// <param name="bytes">The payload.</param>
    /// <param name="manifest">Its manifest.</param>
    /// <exception cref="SerializationException">It is not known, or not what its manifest says. Akka drops it with this message in the log.</exception>
    public static object Read(byte[] bytes, string manifest)
    {
        if (MessageKinds.Of(manifest) is not { } kind)
        {
            var known = string.Join(", ", MessageKinds.Like(manifest));
            throw new SerializationException(known.Length > 0
                ? $"A message '{manifest}' came from another node; this version reads {known}. It was dropped. Bring all nodes to the newer version."
                : $"A message '{manifest}' came from another node, which this version does not know. It was dropped. Bring all nodes to one version.");
        }

        try
        {
            return kind.Read(bytes);
        }
        catch (Exception e) when (e is not SerializationException)
        {
            throw new SerializationException($"A message '{manifest}' of {bytes.Length} bytes came from another node and could not be read; it was dropped: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public override string Manifest(object o) => KindOf(o).Manifest;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => KindOf(obj).Write(obj);

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, string manifest) => Read(bytes, manifest);

    private static MessageKind KindOf(object message) =>
        MessageKinds.Of(message) ?? throw new SerializationException($"{message.GetType()} does not cross nodes. Add it to {nameof(MessageKinds)}.");
}
