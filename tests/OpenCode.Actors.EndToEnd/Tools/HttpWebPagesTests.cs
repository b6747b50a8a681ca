using System.Net;
using OpenCode.Actors.EndToEnd.Harness;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.WebFetch.Doors;

namespace OpenCode.Actors.EndToEnd.Tools;

/// <summary>The door to pages on the web.</summary>
public sealed class HttpWebPagesTests
{
    [Fact]
    public async Task A_page_of_this_machine_is_fetched_when_that_was_allowed_and_not_by_a_name_that_leads_here()
    {
        await using var server = await PageServer.StartAsync();
        using var pages = new HttpWebPages();

        var page = await pages.FetchAsync(server.At("127.0.0.1"), isPrivate: true, CancellationToken.None);
        Assert.Equal("text/html", page.MediaType);

        Assert.Equal("odd", (await pages.FetchAsync(new Uri(server.At("127.0.0.1"), "odd"), isPrivate: true, CancellationToken.None)).Text);
        var lost = await Assert.ThrowsAsync<ToolRefusedException>(() => pages.FetchAsync(new Uri(server.At("127.0.0.1"), "lost"), isPrivate: true, CancellationToken.None));
        Assert.Contains("//[", lost.Message, StringComparison.Ordinal);

        // In the place of a public name that leads to this machine.
        var refused = await Assert.ThrowsAsync<ToolRefusedException>(() => pages.FetchAsync(server.At("localhost"), isPrivate: false, CancellationToken.None));
        Assert.Contains("private network", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ToolRefusedException>(() => pages.FetchAsync(server.At(Dns.GetHostName()), isPrivate: false, CancellationToken.None));
    }
}
