using OpenCode.Actors.Journal.Disks;
using OpenCode.Actors.Journal.Bodies;
using OpenCode.Actors.Journal.State;

namespace OpenCode.Actors.Tests.Journal;

[Collection(MemoryMeasuring.Name)]
public sealed class StateIndexTests
{
    [Fact]
    public void A_cold_owner_with_two_rows_takes_at_most_500_bytes()
    {
        // What tests before this one have left is collected meanwhile, at times: that makes a figure too small, never too large.
        var each = Enumerable.Range(0, 3).Max(_ => BytesOfAColdOwner());

        Assert.InRange(each, 50, 500);
    }

    [Fact]
    public void Deleting_many_rows_one_by_one_is_not_quadratic()
    {
        const int Rows = 50_000;
        var disk = new MemoryDisk();
        using var hold = disk.Lock();
        using var file = disk.Open("journal/1.log", DiskFileMode.Create);
        var segment = new Segment(new("abcdefgh", 1, 0, 0), file);
        var rows = new OwnerRows("ses_1");
        var keys = Enumerable.Range(0, Rows).Select(i => $"{i}").ToArray();
        foreach (var key in keys)
            rows.Put(new("part", key, segment, 1, 64, 1));
        var before = GC.GetAllocatedBytesForCurrentThread();

        foreach (var key in keys)
            rows.Delete(new("part", key, segment, 1, 64, 0));

        Assert.Equal(0, rows.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 50 * 1024 * 1024); // Copies that halve each time, not one for each row.
    }

    private static long BytesOfAColdOwner()
    {
        const int Owners = 20_000;
        var disk = new MemoryDisk();
        using var hold = disk.Lock();
        using var file = disk.Open("journal/1.log", DiskFileMode.Create);
        var segment = new Segment(new("abcdefgh", 1, 0, 0), file);
        var index = new StateIndex(new HashSet<string>());
        var before = GC.GetTotalMemory(forceFullCollection: true);

        for (var i = 0; i < Owners; i++)
        {
            // As recovery does it: strings of its own for each change.
            string Owner() => $"ses_{i:D26}";
            PendingChange[] changes = [new(new("session"), Owner(), Owner(), 1, 100, 300), new(new("status"), Owner(), Owner(), 1, 500, 20)];
            index.Apply(changes, segment, 64, new(0, 1000, 1, 2, 1, i * 1064L, i + 1, 0, 0));
        }

        var each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Owners;
        GC.KeepAlive(index);
        return each;
    }
}
