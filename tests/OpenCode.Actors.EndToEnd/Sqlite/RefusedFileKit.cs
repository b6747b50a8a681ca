using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.EndToEnd.Sqlite.Harness;
using Xunit.Abstractions;

namespace OpenCode.Actors.EndToEnd.Sqlite;

/// <summary>Starts and checks that refuse what they find in the data folder.</summary>
public abstract class RefusedFileKit(ITestOutputHelper output) : ServerTest(output)
{
    private protected const int Unusable = 3;

    private protected async Task AssertRefusedAsync(ServerSetup setup, params string[] named)
    {
        var refused = Own(ServerProcess.Spawn(setup));

        Assert.True(await refused.ExitAsync() == Unusable, refused.Errors);
        Assert.All(named, name => Assert.Contains(name, refused.Errors, StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", refused.Errors, StringComparison.Ordinal);
        Assert.Empty(refused.Output);
    }

    private protected async Task AssertCheckRefusesAsync(params string[] named)
    {
        var (exit, said) = await Hub.CheckAsync(Setup.DataFolder);

        Assert.Equal(Unusable, exit);
        Assert.All(named, name => Assert.Contains(name, said, StringComparison.Ordinal));
    }
}
