using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenCode.Actors.Server.Models;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Tests.Server.Config;

namespace OpenCode.Actors.Tests.Server.Http;

/// <summary>Rule "Secrets stay in the server", for what clients read of the configuration.</summary>
public sealed class ShownSecretsTests
{
    private const string Config = """
        {
          "provider": { "own": {
            "npm": "@ai-sdk/openai-compatible",
            "options": { "baseURL": "http://127.0.0.1:9/v1", "apiKey": "HIDDEN", "headers": { "X-Any": "HIDDEN" } },
            "models": { "m": {
              "headers": { "X-Any": "HIDDEN" },
              "options": { "apiKey": "HIDDEN", "api_key": "HIDDEN", "level": "{env:LEVEL}", "kept": "shown1", "thinking": { "budgetTokens": 7, "accessToken": "HIDDEN" }, "list": ["{file:/proj/secret.txt}", "shown2"] },
              "variants": { "v": { "reasoningEffort": "shown3", "headers": { "a": "HIDDEN" }, "x": "{env:LEVEL}" } } } } } },
          "agent": { "a": { "prompt": "{file:/proj/secret.txt}", "description": "shown4", "password": "HIDDEN", "options": { "client-secret": "HIDDEN", "effort": "shown5", "deep": [{ "authorization": "HIDDEN" }], "x": "of {env:LEVEL}" } } },
          "mode": { "o": { "options": { "token": "HIDDEN" } } },
          "command": { "c": { "template": "{file:/proj/secret.txt}" } },
          "mcp": { "m": { "type": "local", "command": ["true"], "enabled": false, "environment": { "T": "HIDDEN" } } }
        }
        """;

    [Theory]
    [InlineData("/config", "shown4,shown5")]
    [InlineData("/agent", "shown4,shown5")]
    [InlineData("/provider", "shown1,shown2,shown3,budgetTokens")]
    [InlineData("/config/providers", "shown1,shown2,shown3,budgetTokens")]
    public async Task Clients_see_no_option_that_is_named_like_a_secret_or_came_from_a_variable_or_a_file(string path, string shown)
    {
        var files = new FakeConfigSource();
        files.Variables["LEVEL"] = "HIDDEN by env";
        files.Files["/proj/secret.txt"] = "HIDDEN by file\n";
        await using var server = await ServerKit.StartAsync(config: Config, files: files, services: static s => s.Replace(ServiceDescriptor.Singleton<IModelCatalog, ConfiguredModels>()));

        var (status, body) = await server.SendAsync("GET", path);

        Assert.Equal(200, status);
        Assert.DoesNotContain("HIDDEN", body.GetRawText(), StringComparison.Ordinal);
        Assert.All(shown.Split(','), text => Assert.Contains(text, body.GetRawText(), StringComparison.Ordinal));
    }
}
