using Microsoft.AspNetCore.Http;
using OpenCode.Actors.Server.Front;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Tests.Server.Locations;

namespace OpenCode.Actors.Tests.Server.Front;

public sealed class ForwardedTargetTests
{
    private readonly LocationResolver _locations = new(new FakeFolderTree().Folder("/proj/below").Folder("/proj/a b").Link("/proj/link", "/proj/below"), "/proj");

    [Theory]
    [InlineData("/session", "", "/session", "%2Fproj")]
    [InlineData("/session?", "", "/session", "%2Fproj")]
    [InlineData("/a%2Fb/%C3%A4?x=%2B1&y", "", "/a%2Fb/%C3%A4?x=%2B1&y", "%2Fproj")]
    [InlineData("/session?directory=", "", "/session?directory=", "%2Fproj")]
    [InlineData("/session", "/other", "/session", "/other")]
    [InlineData("/session", "%2Fother", "/session", "%2Fother")]
    [InlineData("/session", "below", "/session", "%2Fproj%2Fbelow")]
    [InlineData("/session", "link", "/session", "%2Fproj%2Fbelow")]
    [InlineData("/session?directory=%2Fother", "below", "/session?directory=%2Fother", null)]
    [InlineData("/session?x=1&directory=below&y=2", "", "/session?x=1&directory=%2Fproj%2Fbelow&y=2", null)]
    [InlineData("/session?Directory=a+b", "", "/session?Directory=%2Fproj%2Fa%20b", null)]
    [InlineData("/event?auth_token=c2VjcmV0", "", "/event", "%2Fproj")]
    [InlineData("/event?a=1&AUTH%5Ftoken=c2VjcmV0&b=2", "", "/event?a=1&b=2", "%2Fproj")]
    [InlineData("http://localhost:4096/session?x=1", "", "/session?x=1", "%2Fproj")]
    [InlineData("HTTP://localhost?x=/1", "", "/?x=/1", "%2Fproj")]
    [InlineData("http://localhost", "", "/", "%2Fproj")]
    [InlineData("/go?to=http://localhost/session", "", "/go?to=http://localhost/session", "%2Fproj")]
    public void It_is_what_the_client_asked_for_without_its_credentials_and_with_a_location_that_holds_everywhere(string target, string header, string forwarded, string? directory) =>
        Assert.Equal(new ForwardedTarget(forwarded, directory), ForwardedTarget.Of(target, header, _locations));

    [Theory]
    [InlineData("*")]
    [InlineData("localhost:4096")]
    public void What_is_no_path_is_the_clients_mistake(string target) => Assert.Throws<BadHttpRequestException>(() => ForwardedTarget.Of(target, "", _locations));
}
