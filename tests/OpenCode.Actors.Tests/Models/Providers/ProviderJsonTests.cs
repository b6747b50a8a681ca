using System.Text.Json;
using OpenCode.Actors.Models.Providers;

namespace OpenCode.Actors.Tests.Models.Providers;

public sealed class ProviderJsonTests
{
    [Theory]
    [InlineData("bash", "bash")]
    [InlineData("", "_")]
    [InlineData("functions.bash\n", "functions_bash_")]
    [InlineData("é😀", "___")]
    public void A_name_that_no_tool_has_goes_back_as_one_that_providers_take(string called, string told) => Assert.Equal(told, ProviderJson.CalledName(called));

    [Fact]
    public void A_name_of_any_length_goes_back_short() => Assert.Equal(64, ProviderJson.CalledName(new string('x', 1_000_000)).Length);

    [Theory]
    [InlineData("""{"command":"ls","command":"rm x"}""")]
    [InlineData("""{"a":{"b":1,"b":2}}""")]
    [InlineData("""{"a":""")]
    public void Arguments_that_can_be_read_in_two_ways_are_no_object(string arguments) => Assert.Equal(JsonValueKind.String, ProviderJson.Arguments(arguments).ValueKind);

    [Fact]
    public void Of_two_members_with_one_name_the_last_counts() =>
        Assert.Equal("2", Assert.Single(ProviderJson.Members(JsonElement.Parse("""{"a":1,"a":2}"""))).Value.GetRawText());
}
