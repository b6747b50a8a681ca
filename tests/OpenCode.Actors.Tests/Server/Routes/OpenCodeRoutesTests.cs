using OpenCode.Actors.Server.Routes;

namespace OpenCode.Actors.Tests.Server.Routes;

public sealed class OpenCodeRoutesTests
{
    [Fact]
    public void All_188_operations_of_opencode_are_known() => Assert.Equal(188, OpenCodeRoutes.All.Sum(r => r.Methods.Count));

    [Theory]
    [InlineData("/session/ses_1/fork", "/session/{sessionID}/fork")]
    [InlineData("/session/status", "/session/status")]
    [InlineData("/session/ses_1", "/session/{sessionID}")]
    [InlineData("/SESSION/ses_1/", "/session/{sessionID}")]
    [InlineData("/api/integration/attempt/a1", "/api/integration/attempt/{attemptID}")]
    [InlineData("/api/fs/read/a/b/c.txt", "/api/fs/read/*")]
    [InlineData("/session/a/message/b/part/c", "/session/{sessionID}/message/{messageID}/part/{partID}")]
    public void A_path_finds_its_route(string path, string route) => Assert.Equal(route, OpenCodeRoutes.Find(path)?.Path);

    [Theory]
    [InlineData("/")]
    [InlineData("/nope")]
    [InlineData("/session/a/b/c/d/e/f/g")]
    [InlineData("/api/fs/read")]
    public void An_unknown_path_finds_no_route(string path) => Assert.Null(OpenCodeRoutes.Find(path));
}
