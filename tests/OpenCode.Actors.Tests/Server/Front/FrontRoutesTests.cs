using Microsoft.AspNetCore.Http;
using OpenCode.Actors.Server.Front;

namespace OpenCode.Actors.Tests.Server.Front;

public sealed class FrontRoutesTests
{
    [Theory]
    [InlineData("POST", "/session/ses_1/message", true, false)]
    [InlineData("POST", "/session/ses_1/shell", true, false)]
    [InlineData("POST", "/session/ses_1/prompt_async", false, false)]
    [InlineData("GET", "/session/ses_1/message", false, false)]
    [InlineData("GET", "/event", false, true)]
    [InlineData("GET", "/event/", false, true)]
    [InlineData("GET", "/global/event", false, true)]
    [InlineData("GET", "/session/ses_1/event", false, true)]
    [InlineData("POST", "/event", false, false)]
    [InlineData("GET", "/", false, false)]
    public void Turns_and_streams_are_recognised(string method, string path, bool answersTurn, bool isStream)
    {
        var request = new DefaultHttpContext().Request;
        (request.Method, request.Path) = (method, path);

        Assert.Equal((answersTurn, isStream), (FrontRoutes.AnswersTurn(request), FrontRoutes.IsStream(request)));
    }

    [Theory]
    [InlineData("GET", "/health/live", true, false)]
    [InlineData("HEAD", "/health/live/", true, false)]
    [InlineData("GET", "/health/ready", false, true)]
    [InlineData("GET", "/metrics", false, true)]
    [InlineData("POST", "/metrics", false, false)]
    [InlineData("GET", "/session", false, false)]
    public void What_watches_a_server_is_recognised(string method, string path, bool asksIfAlive, bool isWatch)
    {
        var request = new DefaultHttpContext().Request;
        (request.Method, request.Path) = (method, path);

        Assert.Equal((asksIfAlive, isWatch), (FrontRoutes.AsksIfAlive(request), FrontRoutes.IsWatch(request)));
    }
}
