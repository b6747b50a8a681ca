using OpenCode.Actors.EndToEnd.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Cluster.Faults;

/// <summary>For how long the sampled sessions were not to be written to, by the fault.</summary>
internal sealed class Outages
{
    private readonly Dictionary<Fault, List<TimeSpan>> _times = [];

    public void Add(Fault fault, IEnumerable<TimeSpan> outages)
    {
        if (!_times.TryGetValue(fault, out var times))
        {
            _times.Add(fault, times = []);
        }

        times.AddRange(outages);
    }

    public void Print(ITestOutputHelper output)
    {
        foreach (var (fault, times) in _times)
        {
            output.WriteLine($"{fault.Name}: a write that met it took, in {times.Count} sessions, {Ms(times, 0.5)} ms (median), {Ms(times, 0.99)} ms (p99), {Ms(times, 1)} ms (most)"
                + (fault.Asked is { } asked ? $"; asked for {asked.MedianMs} and {asked.MostMs} ms." : "."));
        }
    }

    /// <summary>Holds them against what is asked for.</summary>
    public void AssertAsAsked() => Assert.All(_times.Where(entry => entry.Key.Asked is not null), static entry =>
    {
        var (asked, times) = (entry.Key.Asked!, entry.Value);
        Assert.InRange(At(times, 0.5), TimeSpan.Zero, Scale.Bound(asked.MedianMs / 1000.0));
        Assert.InRange(At(times, 0.99), TimeSpan.Zero, Scale.Bound(asked.MostMs / 1000.0));
    });

    private static string Ms(List<TimeSpan> times, double share) => $"{At(times, share).TotalMilliseconds:0}";

    private static TimeSpan At(List<TimeSpan> times, double share) => times.Order().ElementAt(Math.Min((int)(times.Count * share), times.Count - 1));
}
