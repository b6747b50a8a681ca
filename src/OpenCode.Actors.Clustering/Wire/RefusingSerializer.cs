using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace OpenCode.Actors.Clustering.Wire;

/// <summary>Takes the place and the identifier of Akka's Newtonsoft serializer: no payload says which type is made of it.</summary>
internal sealed class RefusingSerializer : Serializer
{
    /// <summary>The identifier of Akka's own.</summary>
    public const int Id = 1;

    // The parameters are those that Akka gives to the serializer of this name.
    public RefusingSerializer(ExtendedActorSystem system, Config config)
        : base(system)
    {
        _ = config;
    }

    /// <inheritdoc/>
    public override int Identifier => Id;

    /// <inheritdoc/>
    public override bool IncludeManifest => true;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj) => throw new SerializationException(
        $"{obj.GetType()} does not cross nodes: no serializer knows it. Add it to {nameof(MessageKinds)}, or keep it on its node.");

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException(
        "A payload of Newtonsoft.Json came from another node and was dropped: nodes of this cluster do not send such. Find out which program connects with the secret of the cluster.");
}
