using OpenCode.Actors.Server.Edge;
using OpenCode.Actors.Tests.Server.Http;
using Microsoft.Extensions.DependencyInjection;

namespace OpenCode.Actors.Tests.Server.Front;

/// <summary>Requests that the holder accepts by its secret.</summary>
public sealed class FrontSecretTests
{
    [Theory]
    [InlineData("secret", true)]
    [InlineData("Secret", false)]
    [InlineData("secret2", false)]
    [InlineData("", false)]
    public void Only_the_whole_secret_is_accepted(string given, bool accepted) => Assert.Equal(accepted, new FrontSecret("secret").Accepts(given));

    [Fact]
    public async Task With_the_secret_no_other_rule_is_asked_and_the_id_of_the_front_is_kept()
    {
        await using var server = await StartAsync("s3cret");

        using var answer = await server.RespondAsync(
            "GET", "/session", null, ("x-opencode-front", "s3cret"), ("x-request-id", "id-of-the-front"), ("Host", "evil.example"), ("Origin", "https://evil.example"));

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("id-of-the-front", answer.Headers.GetValues("x-request-id").Single());
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task With_another_secret_it_is_refused_before_all_rules_and_told_so()
    {
        await using var server = await StartAsync("s3cret");

        using var answer = await server.RespondAsync("GET", "/session", null, ("x-opencode-front", "guess"));

        Assert.Equal(403, (int)answer.StatusCode);
        Assert.True(answer.Headers.Contains("x-opencode-front"));
    }

    [Fact]
    public async Task An_id_from_another_sender_is_not_taken()
    {
        await using var server = await StartAsync("s3cret");

        using var answer = await server.RespondAsync("GET", "/global/health", null, ("x-request-id", "of a client"), ("Authorization", "Basic b3BlbmNvZGU6cA=="));

        Assert.Equal(200, (int)answer.StatusCode);
        Assert.NotEqual("of a client", answer.Headers.GetValues("x-request-id").Single());
    }

    private static Task<ServerKit> StartAsync(string secret) =>
        ServerKit.StartAsync(s => s with { Password = "p" }, services: services => services.AddSingleton(new FrontSecret(secret)));
}
