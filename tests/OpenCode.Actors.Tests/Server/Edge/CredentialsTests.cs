using System.Text;
using OpenCode.Actors.Server.Edge;

namespace OpenCode.Actors.Tests.Server.Edge;

public sealed class CredentialsTests
{
    private readonly Credentials _credentials = new("opencode", "pässword:1");

    [Fact]
    public void The_right_pair_is_accepted_from_header_and_query()
    {
        var pair = Base64("opencode:pässword:1");

        Assert.True(_credentials.Accept("Basic " + pair, null));
        Assert.True(_credentials.Accept("basic  " + pair, null));
        Assert.True(_credentials.Accept(null, pair));
        Assert.True(_credentials.Accept("Basic wrong", pair));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic !!!")]
    [InlineData("Bearer b3BlbmNvZGU6cMOkc3N3b3JkOjE=")]
    public void Anything_else_in_the_header_is_refused(string? authorization) => Assert.False(_credentials.Accept(authorization, null));

    [Theory]
    [InlineData("opencode:wrong")]
    [InlineData("other:pässword:1")]
    [InlineData("opencode:pässword:12")]
    [InlineData("opencode")]
    public void A_wrong_pair_is_refused(string pair)
    {
        Assert.False(_credentials.Accept("Basic " + Base64(pair), null));
        Assert.False(_credentials.Accept(null, Base64(pair)));
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
