using OpenCode.Actors.Protocol.Models;

namespace OpenCode.Actors.Tests.Protocol.Models;

public sealed class ModelRefTests
{
    [Theory]
    [InlineData("p/m", "p", "m")]
    [InlineData("p/a/b", "p", "a/b")]
    [InlineData("p/a/", "p", "a/")]
    [InlineData("p//m", "p", "/m")]
    public void The_first_slash_ends_the_provider(string text, string provider, string model)
    {
        Assert.True(ModelRef.TryParse(text, out var read));

        Assert.Equal((new ModelRef(provider, model), text), (read, read.ToString()));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("p")]
    [InlineData("p/")]
    [InlineData("/m")]
    [InlineData("//m")]
    public void Half_a_name_is_none(string? text) => Assert.False(ModelRef.TryParse(text, out _));
}
