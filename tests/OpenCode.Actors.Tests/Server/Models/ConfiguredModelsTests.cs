using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Models;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Turns;
using OpenCode.Actors.Tests.Server.Config;
using OpenCode.Actors.Tests.TestKit;

namespace OpenCode.Actors.Tests.Server.Models;

public sealed class ConfiguredModelsTests : IDisposable
{
    private readonly FakeConfigSource _files = new();
    private readonly ConfiguredModels _models;

    public ConfiguredModelsTests()
    {
        _files.Files["/users/dev/.config/opencode/opencode.json"] = """{"provider": {"a": {"options": {"baseURL": "http://a"}, "models": {"1": {}, "2": {}}}}}""";
        _models = new ConfiguredModels(ConfigCatalog.Open(_files, named: null, "/proj"), new VirtualTime());
    }

    private IModelCatalog Here => _models.For("/proj");

    public void Dispose() => _models.Dispose();

    [Fact]
    public void A_location_has_the_models_of_its_own_file()
    {
        _files.Files["/proj/opencode.json"] = """{"model": "a/2"}""";

        Assert.Null(Here.Fault);
        Assert.Equal("2", Here.Default.ModelId);
        Assert.Equal("1", _models.For("/other").Default.ModelId);
    }

    [Theory]
    [InlineData("""{"npm": "@ai-sdk/google", "models": {"1": {}}}""", "provider.b.npm: '@ai-sdk/google' is a package")]
    [InlineData("""{"models": {"1": {}}}""", "provider.b.options.baseURL: give")]
    [InlineData("""{"options": {"baseURL": "http://b", "apiKey": "{env:NOT_SET}"}, "models": {"1": {}}}""", "provider.b.options.apiKey: names the variable NOT_SET")]
    public void A_prompt_for_a_model_of_a_provider_that_lacks_something_is_refused_with_what_it_lacks(string provider, string lack)
    {
        _files.Files["/proj/opencode.json"] = $$$"""{"provider": {"b": {{{provider}}}}}""";

        var refusal = Prompting.ModelFault(Here, new ModelRef("b", "1"));

        Assert.StartsWith("Prompts for models of 'b' are refused. /proj/opencode.json: ", refusal, StringComparison.Ordinal);
        Assert.Contains(lack, refusal, StringComparison.Ordinal);
        Assert.Null(Prompting.ModelFault(Here, new ModelRef("a", "1")));
        Assert.Null(Prompting.ModelFault(_models.For("/other"), new ModelRef("b", "1")));

        _files.Files["/proj/opencode.json"] = """{"provider": {"b": {"options": {"baseURL": "http://b"}, "models": {"1": {}}}}}""";
        Assert.Null(Prompting.ModelFault(Here, new ModelRef("b", "1")));
    }

    [Theory]
    [InlineData("""{"model": "a/3"}""", "model: 'a/3'")]
    [InlineData("""{"small_model": "b/1", "provider": {"b": {"models": {"1": {}}}}}""", "provider.b.options.baseURL")]
    [InlineData("""{"model": 3}""", "model: ")]
    [InlineData("{", "/proj/opencode.json")]
    public void A_file_with_mistakes_is_a_fault_of_its_location_alone_until_it_is_mended(string file, string named)
    {
        _files.Files["/proj/opencode.json"] = file;

        Assert.Contains(named, Here.Fault, StringComparison.Ordinal);
        Assert.True(Here.TryResolve("a", "1", out _)); // for turns that are open already
        Assert.Null(_models.For("/other").Fault);

        _files.Files["/proj/opencode.json"] = "{}";
        Assert.Null(Here.Fault);
    }
}
