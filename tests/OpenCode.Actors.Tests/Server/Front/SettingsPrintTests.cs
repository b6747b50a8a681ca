using OpenCode.Actors.Server.Front;
using OpenCode.Actors.Tests.Server.Config;

namespace OpenCode.Actors.Tests.Server.Front;

public sealed class SettingsPrintTests
{
    private const string Key = "the key";
    private const string UserFile = "/users/dev/.config/opencode/opencode.json";

    private readonly FakeConfigSource _files = new() { Files = { [UserFile] = """{"permission":{"bash":"ask"}}""" } };

    [Fact]
    public void The_same_settings_have_no_difference()
    {
        _files.Variables["OPENCODE_CONFIG"] = "/etc/named.json";
        _files.Files["/etc/named.json"] = """{"provider":{"p":{"options":{"apiKey":"{env:KEY}"}}}}""";
        _files.Variables["KEY"] = "k";

        Assert.Empty(Take(("OPENCODE_A", "1")).DifferencesTo(Take(("OPENCODE_A", "1")).Seal(Key), Key));
    }

    [Fact]
    public void Every_difference_is_named_in_order_and_no_value_is()
    {
        var there = Take(("OPENCODE_B", "there-1"), ("OPENCODE_C", "there-2"), ("PATH", "/there")).Seal(Key);
        _files.Files[UserFile] = """{"permission":{"bash":"deny"}}""";
        _files.Files["/users/dev/.config/opencode/opencode.jsonc"] = "{}";

        var differences = Take(("OPENCODE_A", "here-1"), ("OPENCODE_B", "here-2"), ("PATH", "/here")).DifferencesTo(there, Key);

        Assert.Equal(
            [
                $"the file {UserFile} is not what it was when that server read it",
                $"the file {UserFile}c is read here, but that server has not read it: it was made since that one started, or is not named there",
                "the variable OPENCODE_A is set here, not there",
                "the variable OPENCODE_B is not what it was when that server read it",
                "the variable OPENCODE_C is set there, not here",
            ],
            differences);
        Assert.DoesNotContain(there.Values, static value => value.Contains("there", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("OPENCODE_SERVER_PASSWORD")]
    [InlineData("OPENCODE_SERVER_USERNAME")]
    [InlineData("OPENCODE_CALLER")]
    [InlineData("OPENCODE_PID")]
    public void What_says_who_started_a_server_or_may_use_it_is_not_compared(string variable) =>
        Assert.Empty(Take((variable, "here")).DifferencesTo(Take((variable, "there")).Seal(Key), Key));

    [Fact]
    public void What_a_file_refers_to_is_compared()
    {
        _files.Files[UserFile] = """{"provider":{"p":{"options":{"apiKey":"{env:KEY}","baseURL":"{file:url}"}}}}""";
        (_files.Variables["KEY"], _files.Files["/users/dev/.config/opencode/url"]) = ("k1", "http://a");
        var there = Take().Seal(Key);
        (_files.Variables["KEY"], _files.Files["/users/dev/.config/opencode/url"]) = ("k2", "http://b");

        Assert.Equal(
            ["the file /users/dev/.config/opencode/url is not what it was when that server read it", "the variable KEY is not what it was when that server read it"],
            Take().DifferencesTo(there, Key));
    }

    [Fact]
    public void Without_the_key_nothing_can_be_compared() =>
        Assert.NotEqual(Take().Seal(Key)[$"the file {UserFile}"], Take().Seal("another")[$"the file {UserFile}"]);

    private SettingsPrint Take(params (string Name, string Value)[] variables) =>
        SettingsPrint.Take(_files, named: null, variables.Select(static v => KeyValuePair.Create(v.Name, v.Value)));
}
