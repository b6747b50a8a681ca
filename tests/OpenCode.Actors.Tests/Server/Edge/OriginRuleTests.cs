using OpenCode.Actors.Server.Edge;

namespace OpenCode.Actors.Tests.Server.Edge;

/// <summary>Rule "Allowed origins".</summary>
public sealed class OriginRuleTests
{
    [Theory]
    [InlineData("http://localhost", true)]
    [InlineData("http://localhost:3000", true)]
    [InlineData("http://127.0.0.1:5173", true)]
    [InlineData("https://opencode.ai", true)]
    [InlineData("https://app.opencode.ai", true)]
    [InlineData("tauri://localhost", true)]
    [InlineData("http://tauri.localhost", true)]
    [InlineData("https://tauri.localhost", true)]
    [InlineData("oc://renderer", true)]
    [InlineData("https://team.example", true)] // --cors
    [InlineData("http://hub.internal:4096", true)] // own Host
    [InlineData("https://hub.internal:4096", true)] // own Host behind TLS
    [InlineData("null", false)]
    [InlineData("https://localhost", false)]
    [InlineData("http://[::1]:3000", false)]
    [InlineData("http://192.168.1.7:3000", false)]
    [InlineData("http://opencode.ai", false)]
    [InlineData("https://opencode.ai.evil.example", false)]
    [InlineData("https://evilopencode.ai", false)]
    [InlineData("https://team.example:8443", false)]
    [InlineData("http://team.example", false)]
    [InlineData("http://hub.internal", false)]
    [InlineData("http://localhost.evil.example", false)]
    [InlineData("http://localhost@evil.example", false)]
    [InlineData("http://127.0.0.2", false)]
    [InlineData("ftp://hub.internal:4096", false)]
    [InlineData("https://evil.example", false)]
    public void Only_known_pages_and_our_own_may_use_the_server(string origin, bool allowed) =>
        Assert.Equal(allowed, new OriginRule(["https://team.example/"]).Allows(origin, "hub.internal:4096"));

    [Theory]
    [InlineData("https://hub.example", "hub.example", true)]
    [InlineData("https://hub.example", "hub.example:443", true)]
    [InlineData("http://hub.example", "hub.example:80", true)]
    [InlineData("https://hub.example", "hub.example:80", false)]
    [InlineData("https://hub.example", "", false)]
    public void A_default_port_is_not_spelled_out_in_an_origin(string origin, string host, bool allowed) =>
        Assert.Equal(allowed, new OriginRule([]).Allows(origin, host));
}
