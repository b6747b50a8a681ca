using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Runs;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Tests.Sessions.Runs;

public sealed class RetryDelaysTests
{
    private readonly RetryDelays _delays = new(new SessionsOptions { RetryMinMs = 100, RetryMaxMs = 450 });

    [Fact]
    public void A_wait_doubles_up_to_the_longest_one_and_begins_anew_with_each_step()
    {
        Assert.Equal([100, 200, 400, 450], Enumerable.Range(0, 4).Select(_ => _delays.Next(Failure()).TotalMilliseconds));
        Assert.Equal(4, _delays.Failures);

        _delays.Reset();

        Assert.Equal(100, _delays.Next(Failure()).TotalMilliseconds);
        Assert.Equal(1, _delays.Failures);
    }

    [Fact]
    public void What_the_provider_says_goes_before()
    {
        Assert.Equal(TimeSpan.FromSeconds(9), _delays.Next(Failure(TimeSpan.FromSeconds(9))));
        Assert.Equal(200, _delays.Next(Failure()).TotalMilliseconds);
    }

    private static ModelException Failure(TimeSpan? retryAfter = null) => new("no", retryable: true, retryAfter: retryAfter);
}
