using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Tools.Outputs;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Sessions.Tools.Outputs;

/// <summary>The bounds of kept outputs hold without new ones.</summary>
public sealed class OutputSweeperTests : HubTestKit
{
    [Fact]
    public async Task It_sweeps_at_start_and_each_hour_also_after_a_failure_until_it_is_stopped()
    {
        var outputs = new MemoryOutputs { IsFull = true };
        using var sweeper = new OutputSweeper(outputs, Time, Logs.CreateLogger<OutputSweeper>());

        await sweeper.StartAsync(CancellationToken.None);
        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, outputs.Sweeps);

        Time.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(1, outputs.Sweeps);
        Time.Advance(TimeSpan.FromMinutes(61));
        Assert.Equal(3, outputs.Sweeps);

        await sweeper.StopAsync(CancellationToken.None);
        Time.Advance(TimeSpan.FromHours(5));
        Assert.Equal(3, outputs.Sweeps);
    }
}
