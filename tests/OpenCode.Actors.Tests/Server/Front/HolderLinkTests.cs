using OpenCode.Actors.Server.Front;
using OpenCode.Actors.Storage.Sqlite.Doors;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Server.Front;

public sealed class HolderLinkTests
{
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(2);

    private readonly VirtualTime _time = new();
    private readonly HolderLink _link;

    public HolderLinkTests() => _link = new HolderLink(_time);

    [Fact]
    public async Task Requests_wait_for_the_next_holder()
    {
        var waits = _link.WaitAsync(_limit, CancellationToken.None);
        Assert.False(waits.IsCompleted);

        var holder = Holder("1");
        _link.Found(holder);

        Assert.Same(holder, await waits);
        Assert.Same(holder, await _link.WaitAsync(TimeSpan.Zero, CancellationToken.None));
    }

    [Fact]
    public async Task They_do_not_wait_longer_than_their_limit()
    {
        var waits = _link.WaitAsync(_limit, CancellationToken.None);
        _time.Advance(_limit);

        Assert.Null(await waits);
        Assert.Null(await _link.WaitAsync(TimeSpan.Zero, CancellationToken.None));
    }

    [Fact]
    public void A_holder_that_was_replaced_already_is_not_lost_again()
    {
        var (first, second) = (Holder("1"), Holder("2"));
        _link.Found(first);
        _link.Found(second);

        _link.Lost(first);
        Assert.Same(second, _link.Holder);
        _link.Lost(second);
        Assert.Null(_link.Holder);
    }

    private static HolderInfo Holder(string secret) => new("http://127.0.0.1:1", 1, secret, HasPassword: false, new Dictionary<string, string>(StringComparer.Ordinal));
}
