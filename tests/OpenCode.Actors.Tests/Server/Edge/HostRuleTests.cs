using OpenCode.Actors.Server.Edge;

namespace OpenCode.Actors.Tests.Server.Edge;

/// <summary>Rule "Allowed hosts".</summary>
public sealed class HostRuleTests
{
    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("localhost.", true)]
    [InlineData("app.localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("192.168.1.7", true)]
    [InlineData("[::1]", true)]
    [InlineData("[fe80::1]", true)]
    [InlineData("", true)] // HTTP/1.0
    [InlineData("box.example", true)] // --hostname
    [InlineData("hub.internal", true)] // --allowed-host
    [InlineData("HUB.internal", true)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("notlocalhost", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("127.1", false)]
    [InlineData("2130706433", false)]
    [InlineData("0x7f.0.0.1", false)]
    [InlineData("hub.internal.evil.example", false)]
    [InlineData("::1", false)]
    public void Without_a_password_only_names_that_cannot_be_rebound_or_were_allowed_are_served(string host, bool allowed) =>
        Assert.Equal(allowed, new HostRule(hasPassword: false, "box.example", ["hub.internal"]).Allows(host));

    [Fact]
    public void With_a_password_any_name_is_served() => Assert.True(new HostRule(hasPassword: true, "127.0.0.1", []).Allows("evil.example"));
}
