using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Server.Hosting;
using OpenCode.Actors.Server.Settings;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Server.Hosting;

/// <summary>A stop that hangs ends the process; one that ends does not.</summary>
public sealed class StopLimitTests
{
    private readonly VirtualTime _time = new();
    private readonly StoppableApplication _application = new();
    private readonly List<int> _exits = [];

    [Fact]
    public void A_stop_that_hangs_ends_the_process()
    {
        using var limit = Watch();

        _application.StopApplication();
        _time.Advance(StopLimit.Limit - TimeSpan.FromMilliseconds(1));
        Assert.Empty(_exits);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal([ExitCodes.StopHung], _exits);
    }

    [Fact]
    public void A_server_that_is_not_stopped_has_no_limit()
    {
        using var limit = Watch();

        _time.Advance(StopLimit.Limit * 2);

        Assert.Empty(_exits);
    }

    [Fact]
    public void A_stop_that_ends_is_left_alone()
    {
        using (Watch())
            _application.StopApplication();

        _time.Advance(StopLimit.Limit * 2);

        Assert.Empty(_exits);
    }

    private StopLimit Watch()
    {
        var limit = new StopLimit(_time, _exits.Add);
        limit.Watch(_application, NullLogger<StopLimit>.Instance);
        return limit;
    }
}
