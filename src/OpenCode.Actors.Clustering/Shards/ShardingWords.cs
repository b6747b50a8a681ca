using System.Text;
using Akka.Actor;
using Akka.Cluster.Sharding.Serialization;

namespace OpenCode.Actors.Clustering.Shards;

/// <summary>Words of Akka's sharding that have no public type: made from the bytes in which they cross nodes, which stay the same over its versions.</summary>
/// <param name="system">The actor system.</param>
internal sealed class ShardingWords(ActorSystem system)
{
    /// <summary>The path of the coordinator, on the node that has it. Its children are the moves under way.</summary>
    public const string Coordinator = "/system/sharding/" + SessionShards.TypeName + "Coordinator/singleton/coordinator";

    private const string BeginHandOff = "BH";
    private const string ShardStopped = "BK";

    private readonly ClusterShardingMessageSerializer _serializer = new((ExtendedActorSystem)system);

    /// <summary>Makes the word by which a region forgets where a shard is: it asks the coordinator at the next message. It says so to the sender.</summary>
    public object ForgetHome(int shard) => Word(BeginHandOff, ShardOf.NameOf(shard));

    /// <summary>Ends the move of a shard whose region will not confirm its stop. Does nothing on a node without the coordinator, or if no region was to stop it.</summary>
    public void EndMove(string shard) => system.ActorSelection(Coordinator + "/*").Tell(Stopped(shard), ActorRefs.Nobody);

    /// <summary>Makes the word of a region that has stopped a shard.</summary>
    internal object Stopped(string shard) => Word(ShardStopped, shard);

    // A message with one field, the shard's name.
    private object Word(string manifest, string shard) => _serializer.FromBinary([0x0A, (byte)Encoding.UTF8.GetByteCount(shard), .. Encoding.UTF8.GetBytes(shard)], manifest);
}
