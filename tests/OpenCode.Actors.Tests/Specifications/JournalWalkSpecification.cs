using System.Globalization;
using Xunit.Abstractions;

namespace OpenCode.Actors.Tests.Specifications;

/// <summary>Walks over a store: every kind of store is walked over by the same code.</summary>
/// <param name="output">Receives the seed.</param>
public abstract class JournalWalkSpecification(ITestOutputHelper output)
{
    /// <summary>Gets how many walks there are.</summary>
    protected abstract int Walks { get; }

    [SkippableFact]
    public async Task Nothing_acknowledged_is_lost_by_any_end_and_nothing_dropped_comes_back()
    {
        var first = int.TryParse(Environment.GetEnvironmentVariable("OPENCODE_ACTORS_SEED"), CultureInfo.InvariantCulture, out var given) ? given : Random.Shared.Next(int.MaxValue / 2);
        output.WriteLine($"OPENCODE_ACTORS_SEED={first}, {Walks} walks from there on");
        for (var seed = first; seed < first + Walks; seed++)
        {
            try
            {
                await using var store = MakeStore(seed);
                await new JournalWalk(seed, store).RunAsync();
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Seed {seed}: {e.Message}", e);
            }
        }
    }

    private protected abstract IWalkedStore MakeStore(int seed);
}
