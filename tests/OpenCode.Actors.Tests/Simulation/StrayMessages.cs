using Akka.Actor;
using Akka.Event;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Simulation;

/// <summary>Watches what Akka and the logs tell: messages that no actor took, and the record of a node that loses its log.</summary>
internal sealed class StrayMessages(HubTestKit kit, Troubles troubles, Promises promises)
{
    private const int LogLost = 2001;

    private int _letters;
    private int _unhandled;
    private int _records;

    /// <summary>Checks the messages since the last check. Messages to a node that has ended, and to its clients, are expected.</summary>
    public void Look(HubNode node)
    {
        foreach (var letter in kit.DeadLetters.Skip(_letters))
        {
            if (node.Has(letter.Recipient.Path) && !WasKilled(letter.Recipient.Path) && !GivesUp(letter.Recipient.Path) && !IsOfACreation(letter) && letter is not Dropped { Message: IDeadLetterSuppression })
                promises.Break($"{letter.Message} to {letter.Recipient} was not taken: {letter}");
        }

        foreach (var unhandled in kit.Unhandled.Skip(_unhandled))
            promises.Break($"{unhandled.Recipient} does not know {unhandled.Message}");
        (_letters, _unhandled) = (kit.DeadLetters.Count, kit.Unhandled.Count);
    }

    // Those of the index without a name delete sessions: they give up after 30 s, and what comes later is no news.
    private static bool GivesUp(ActorPath path) => path.Name.StartsWith('$') && path.Parent.Name.StartsWith("index-", StringComparison.Ordinal);

    // The actor that creates a child ends with its parent, and has answered then that the creation's outcome is unknown.
    private static bool IsOfACreation(AllDeadLetters letter) =>
        letter.Message is Created or Unavailable && letter.Recipient.Path.Name.StartsWith('$') && letter.Recipient.Path.Parent.Parent.Name.StartsWith("sessions-", StringComparison.Ordinal);

    private bool WasKilled(ActorPath path) =>
        troubles.Killed.Contains(path.ToSerializationFormat()) || troubles.Killed.Contains($"{path.Parent.ToSerializationFormat()}/*") || (path.Depth > 2 && WasKilled(path.Parent));

    /// <summary>Leaves out what came since the last look: the node was killed.</summary>
    public void Forget()
    {
        (_letters, _unhandled) = (kit.DeadLetters.Count, kit.Unhandled.Count);
        TakeLogLost();
    }

    /// <summary>True if the node asked for its end since the last time.</summary>
    public bool TakeLogLost()
    {
        var isLost = kit.Logs.Records.Skip(_records).Any(static record => record.EventId == LogLost);
        _records = kit.Logs.Records.Count;
        return isLost;
    }
}
