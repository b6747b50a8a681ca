using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Tests.Sessions;

public sealed class SessionIndexTests
{
    [Fact]
    public void A_session_that_sleeps_costs_less_than_2_kB_of_the_index()
    {
        const int count = 10_000;
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var index = new SessionIndex();
        for (var i = 0; i < count; i++)
            index.Put(Entry(i));
        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / count;

        Assert.Equal(count, index.List(new SessionQuery()).Count);
        Assert.InRange(each, 1, 1_500);
    }

    [Fact]
    public void An_entry_that_changes_moves_to_the_front()
    {
        var index = new SessionIndex();
        index.Put(Entry(1));
        index.Put(Entry(2));
        index.Put(Entry(1) with { Updated = 99 });

        Assert.Equal([Entry(1).Id, Entry(2).Id], index.List(new SessionQuery()).Select(entry => entry.Id));
        index.Remove(Entry(1).Id);
        index.Remove(Entry(1).Id);
        Assert.Equal(1, index.Count);
    }

    private static SessionEntry Entry(int i) => new(
        new SessionId($"ses_{i:D26}"), string.Concat("/work/", "project"), string.Concat("glo", "bal"), "", null, $"New session - {i:D24}", i, new byte[500]);
}
