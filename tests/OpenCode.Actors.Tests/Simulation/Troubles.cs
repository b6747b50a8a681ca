using Akka.Actor;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Journal;
using OpenCode.Actors.Tests.Streams;

namespace OpenCode.Actors.Tests.Simulation;

/// <summary>What goes wrong: the disk, connections, and actors that crash. Counted by kind.</summary>
internal sealed class Troubles(World world)
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>Gets the actors that were crashed by force: messages in their mailboxes are lost, and senders notice it by a deadline.</summary>
    public HashSet<string> Killed { get; } = new(StringComparer.Ordinal);

    /// <summary>Gets a value indicating whether syncs wait.</summary>
    public bool SyncsAreHeld { get; private set; }

    public void Count(string kind) => _counts[kind] = _counts.GetValueOrDefault(kind) + 1;

    /// <summary>Something happens to the disk.</summary>
    public void Disk()
    {
        switch (world.Dice.Next(10))
        {
            case < 4:
                Count("syncs held");
                SyncsAreHeld = true;
                world.Disk.HoldSyncs();
                break;
            case < 7:
                ReleaseSyncs();
                break;
            case < 8:
                Count("disk full");
                world.Disk.Capacity = long.MaxValue - world.Disk.FreeBytes() + world.Dice.Next(2_000);
                break;
            case < 9:
                world.Disk.Capacity = long.MaxValue;
                break;
            default:
                if (!world.OneIn(3))
                    break;
                Count("sync failed");
                world.Disk.FailSyncs = true;
                break;
        }
    }

    /// <summary>The disk is as good as new.</summary>
    public void MendDisk()
    {
        world.Disk.Capacity = long.MaxValue;
        world.Disk.FailSyncs = false;
        ReleaseSyncs();
    }

    /// <summary>A connection stalls, goes on, breaks in the middle of a frame or is cut.</summary>
    public void Connection(CheckedClient client)
    {
        if (client.Writer is not { } writer || !client.IsConnected)
            return;

        switch (world.Dice.Next(12))
        {
            case < 3:
                Count("client stalls");
                writer.Holds = true;
                break;
            case < 7:
                client.TakeAll();
                break;
            case < 8:
                Count("write throws");
                writer.Fault = new IOException("reset by peer");
                break;
            case < 9:
                Count("half a frame");
                writer.TakesHalfAFrame = true;
                break;
            case < 10:
                Count("cut after frames");
                writer.CutAfterFrames = writer.Frames + world.Dice.Next(4);
                break;
            default:
                Count("client cut");
                client.Cut();
                break;
        }
    }

    /// <summary>An actor crashes.</summary>
    public void Actor(HubNode node, CheckedClient client)
    {
        switch (world.Dice.Next(16))
        {
            case < 3:
                Kill("session crashed", HubNode.ChildrenOf(node.Region));
                break;
            case < 5:
                Kill("run crashed", [.. HubNode.ChildrenOf(node.Region).SelectMany(HubNode.ChildrenOf)]);
                break;
            case < 7:
                Count("journal actor crashed");
                node.JournalActor.Tell(new JournalActor.Recover(null!), ActorRefs.NoSender);
                break;
            case < 9:
                Count("index crashed");
                Killed.Add($"{node.Index.Path.ToSerializationFormat()}/*"); // It takes its children along, those it has when it crashes.
                node.Index.Tell(new IndexQuery.List(null!), ActorRefs.NoSender);
                break;
            case < 10:
                Killed.Add($"{node.Index.Path.ToSerializationFormat()}/*");
                Kill("follower crashed", [.. HubNode.ChildrenOf(node.Index).SelectMany(HubNode.ChildrenOf)]);
                break;
            case < 12:
                if (client.Actor is { } actor && client.IsConnected)
                    Kill("client actor crashed", [actor]);
                break;
            case < 13:
                Count("follower's read failed");
                node.SessionsJournal.FailingReads++;
                break;
            case < 14:
                Count("recovery failed");
                node.SessionsJournal.FailingLoads++;
                break;
            case < 15 when world.OneIn(3):
                Kill("tail or pages crashed", HubNode.ChildrenOf(node.LogActor));
                break;
            case < 16 when world.OneIn(3):
                Count("streams' read failed");
                node.StreamsJournal.FailingReads++;
                break;
        }
    }

    public void ReleaseSyncs()
    {
        SyncsAreHeld = false;
        world.Disk.ReleaseSyncs();
    }

    private void Kill(string kind, IReadOnlyList<IActorRef> actors)
    {
        if (actors.Count == 0)
            return;

        Count(kind);
        var actor = world.Pick(actors);
        Killed.Add(actor.Path.ToSerializationFormat());
        actor.Tell(Akka.Actor.Kill.Instance, ActorRefs.NoSender);
    }
}
