using Akka.Actor;
using OpenCode.Actors.Clustering.Entry;

namespace OpenCode.Actors.Tests.Clustering.Entry;

/// <summary>A region may believe a shard to be on a node that is gone: a command that is not answered has it look anew.</summary>
public sealed class LostHomeTests : EntryKit
{
    [Fact]
    public void A_session_that_does_not_answer_is_looked_for_anew()
    {
        var entry = StartEntry(forgetHome: static session => $"forget {session}");
        Send(entry, Rename);
        for (var copies = 0; copies < 2; copies++)
        {
            ExpectCopy();
            ExpectCopy();
            ExpectCopy();
            Region.Expect($"forget {Session}");
            ExpectCopy();
            Region.Expect($"forget {Session}");
            ExpectCopy();

            // Lost members are where the home may be wrong, and at first it is the coordinator that has to hear of it.
            entry.Tell(EntryActor.MemberGone.Instance);
            RunDry();
        }

        Client.ExpectNothing();
    }
}
