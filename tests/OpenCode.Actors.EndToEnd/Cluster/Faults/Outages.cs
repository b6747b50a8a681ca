using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>How long the sampled sessions were not writable, by the fault.</summary>
internal sealed class Outages
{
    private readonly Dictionary<Fault, List<Outage>> _outages = [];

    public void Add(Fault fault, IEnumerable<Outage> outages)
    {
        if (!_outages.TryGetValue(fault, out var known))
            _outages.Add(fault, known = []);

        known.AddRange(outages);
    }

    public void Print(ITestOutputHelper output)
    {
        foreach (var (fault, outages) in _outages)
        {
            output.WriteLine($"{fault.Name}: the write that met it took, in {outages.Count} sessions, {Ms(Met(outages, 0.5))} ms (median), {Ms(Met(outages, 0.99))} ms (p99), {Ms(Met(outages, 1))} ms (most)"
                + (fault.Asked is { } asked ? $"; asked for {asked.MedianMs} and {asked.MostMs} ms" : "") + $". Their other writes took {Ms(At(outages.Select(static o => o.Usual), 0.5))} ms (median); the machine or the database stood still for {Ms(At(outages.Select(static o => o.StoodStill), 1))} ms (most).");
        }
    }

    /// <summary>Compares them with what is asked for; beside other tests without the time for which the machine itself stood still.</summary>
    public void AssertAsAsked() => Assert.All(_outages.Where(entry => entry.Key.Asked is not null), static entry =>
    {
        var (asked, outages) = (entry.Key.Asked!, entry.Value);
        Assert.True(Blamed(outages, 0.5) <= Scale.Bound(asked.MedianMs / 1000.0), $"{entry.Key.Name}: {Blamed(outages, 0.5)} (median)");
        Assert.True(Blamed(outages, 0.99) <= Scale.Bound(asked.MostMs / 1000.0), $"{entry.Key.Name}: {Blamed(outages, 0.99)} (p99)");
    });

    private static string Ms(TimeSpan time) => $"{time.TotalMilliseconds:0}";

    private static TimeSpan Met(List<Outage> outages, double share) => At(outages.Select(static outage => outage.Met), share);

    private static TimeSpan Blamed(List<Outage> outages, double share) => At(outages.Select(static outage => outage.Met - (Scale.IsFull ? TimeSpan.Zero : outage.StoodStill)), share);

    private static TimeSpan At(IEnumerable<TimeSpan> times, double share) => times.Order().ToList() is var sorted ? sorted[Math.Min((int)(sorted.Count * share), sorted.Count - 1)] : default;
}

/// <summary>What one session had of a fault.</summary>
/// <param name="Met">The duration of the write that met it.</param>
/// <param name="Usual">The median duration of its writes around that.</param>
/// <param name="StoodStill">How long the machine or the database did no work for any client meanwhile.</param>
internal sealed record Outage(TimeSpan Met, TimeSpan Usual, TimeSpan StoodStill)
{
    /// <summary>Finds the write that met the claim of the session's shard by another node, or the longest where there was none.</summary>
    public static Outage Of(IReadOnlyList<(DateTime End, TimeSpan Took)> writes, DateTime? moved, TimeSpan stoodStill) => new(
        moved is null ? writes.Max(static write => write.Took) : writes.FirstOrDefault(write => write.End > moved, writes[^1]).Took,
        writes.Select(static write => write.Took).Order().ElementAt(writes.Count / 2),
        stoodStill);
}
