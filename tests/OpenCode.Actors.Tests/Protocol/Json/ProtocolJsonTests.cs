using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;

namespace OpenCode.Actors.Tests.Protocol.Json;

public sealed class ProtocolJsonTests
{
    private static readonly Type[] _unions = [typeof(Part), typeof(Message), typeof(ToolState), typeof(SessionStatus), typeof(PromptPart)];

    [Theory]
    [MemberData(nameof(WireSamples.All), MemberType = typeof(WireSamples))]
    public void Every_record_says_again_what_it_was_told(Type type, string json)
    {
        var value = JsonSerializer.Deserialize(json, ProtocolJson.Wire.Options.GetTypeInfo(type));
        var again = JsonSerializer.Serialize(value, ProtocolJson.Wire.Options.GetTypeInfo(type));

        AssertSame(json, again);
    }

    [Theory]
    [MemberData(nameof(WireSamples.All), MemberType = typeof(WireSamples))]
    public void Options_of_others_can_be_set_up_to_do_the_same(Type type, string json)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        ProtocolJson.Configure(options);

        var again = JsonSerializer.Serialize(JsonSerializer.Deserialize(json, options.GetTypeInfo(type)), options.GetTypeInfo(type));

        AssertSame(json, again);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Prompt>("""{"parts":null}""", options));
    }

    [Theory]
    [MemberData(nameof(WireSamples.All), MemberType = typeof(WireSamples))]
    public void Unknown_fields_are_passed_over_and_the_tag_may_stand_last(Type type, string json)
    {
        var fields = JsonNode.Parse(json)!.AsObject().Reverse().Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone()));
        var reversed = new JsonObject([KeyValuePair.Create("newer", (JsonNode?)new JsonObject { ["type"] = "x" }), .. fields]);

        var value = JsonSerializer.Deserialize(reversed.ToJsonString(), ProtocolJson.Wire.Options.GetTypeInfo(type));

        AssertSame(json, JsonSerializer.Serialize(value, ProtocolJson.Wire.Options.GetTypeInfo(type)));
    }

    [Fact]
    public void Every_record_of_the_wire_has_a_sample()
    {
        var sampled = WireSamples.All.Select(row => (Type)row[0]).ToHashSet();
        var records = typeof(ProtocolJson).GetCustomAttributesData()
            .Where(a => a.AttributeType == typeof(JsonSerializableAttribute))
            .Select(a => (Type)a.ConstructorArguments[0].Value!)
            .Where(t => t.Namespace!.StartsWith("OpenCode.Actors.Protocol.", StringComparison.Ordinal) && !_unions.Any(u => t != u && t.IsAssignableTo(u)));

        Assert.All(records, t => Assert.Contains(t, sampled));
    }

    [Fact]
    public void Every_event_and_every_case_of_a_union_is_generated_at_build_time()
    {
        var types = typeof(ProtocolJson).Assembly.GetTypes().Where(t => t is { IsClass: true, IsAbstract: false } && t != typeof(UnknownPart)
            && (t.IsAssignableTo(typeof(IEventProperties)) || _unions.Any(t.IsAssignableTo))).ToList();

        Assert.True(types.Count > 40);
        Assert.All(types, t => Assert.NotNull(ProtocolJson.Wire.GetTypeInfo(t)));
    }

    [Theory]
    [InlineData(typeof(Prompt), "{}")]
    [InlineData(typeof(Prompt), """{"parts":null}""")]
    [InlineData(typeof(Prompt), """{"parts":[null]}""")]
    [InlineData(typeof(Prompt), """{"parts":["hi"]}""")]
    [InlineData(typeof(Prompt), """{"parts":[{"text":"no type"}]}""")]
    [InlineData(typeof(Prompt), """{"parts":[{"type":7,"text":"x"}]}""")]
    [InlineData(typeof(Prompt), """{"parts":[{"type":"text"}]}""")]
    [InlineData(typeof(Prompt), """{"parts":[{"type":"text","text":null}]}""")]
    [InlineData(typeof(Prompt), """{"parts":[{"type":"hologram"}]}""")]
    [InlineData(typeof(Prompt), """{"parts":[{"type":"reasoning","text":"the model's own"}]}""")]
    [InlineData(typeof(Prompt), """{"parts":[],"model":{"providerID":"p"}}""")]
    [InlineData(typeof(Prompt), """{"parts":[],"tools":{"bash":"yes"}}""")]
    [InlineData(typeof(Shell), """{"command":"ls"}""")]
    [InlineData(typeof(Shell), """{"agent":"build"}""")]
    [InlineData(typeof(RunCommand), """{"command":"init"}""")]
    [InlineData(typeof(RunCommand), """{"command":"init","arguments":"","parts":[null]}""")]
    [InlineData(typeof(PermissionReply), "{}")]
    [InlineData(typeof(PermissionReply), """{"reply":"maybe"}""")]
    [InlineData(typeof(PermissionReply), """{"reply":1}""")]
    [InlineData(typeof(SessionPermissionReply), """{"response":null}""")]
    [InlineData(typeof(QuestionReply), "{}")]
    [InlineData(typeof(QuestionReply), """{"answers":["Red"]}""")]
    [InlineData(typeof(QuestionReply), """{"answers":[null]}""")]
    [InlineData(typeof(QuestionReply), """{"answers":[[null]]}""")]
    [InlineData(typeof(CreateSession), """{"permission":[{"permission":"bash","pattern":"*"}]}""")]
    [InlineData(typeof(CreateSession), """{"permission":[null]}""")]
    [InlineData(typeof(CreateSession), """{"title":7}""")]
    [InlineData(typeof(UpdateSession), """{"permission":[null]}""")]
    [InlineData(typeof(RevertSession), "{}")]
    [InlineData(typeof(TuiPublish), """{"type":"tui.toast.show"}""")]
    [InlineData(typeof(Part), """{"id":"prt_1","sessionID":"ses_1","type":"text","text":"no message"}""")]
    [InlineData(typeof(Part), """{"id":"prt_1","sessionID":"ses_1","type":"hologram"}""")]
    [InlineData(typeof(Message), """{"id":"msg_1","sessionID":"ses_1","role":"system","time":{"created":1}}""")]
    [InlineData(typeof(Session), """{"id":"ses_1"}""")]
    public void What_is_missing_null_or_of_the_wrong_kind_is_refused(Type type, string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, ProtocolJson.Wire.Options.GetTypeInfo(type)));

    [Theory]
    [InlineData(typeof(CreateSession), "{\"title\":\"~\"}", 32 * 1024)]
    [InlineData(typeof(UpdateSession), "{\"title\":\"~\"}", 32 * 1024)]
    [InlineData(typeof(UpdateSession), "{\"permission\":[{\"permission\":\"bash\",\"pattern\":\"~\",\"action\":\"ask\"}]}", (32 * 1024) - 68)]
    [InlineData(typeof(CreateSession), "{\"agent\":\"~\"}", 1024)]
    [InlineData(typeof(Prompt), "{\"parts\":[],\"agent\":\"~\"}", 1024)]
    [InlineData(typeof(Prompt), "{\"parts\":[],\"model\":{\"providerID\":\"~\",\"modelID\":\"m\"}}", 1024)]
    [InlineData(typeof(Shell), "{\"command\":\"ls\",\"agent\":\"~\"}", 1024)]
    public void What_a_session_is_described_by_is_bounded(Type type, string json, int max)
    {
        object? Read(int length) => JsonSerializer.Deserialize(json.Replace("~", new string('x', length), StringComparison.Ordinal), ProtocolJson.Wire.Options.GetTypeInfo(type));

        Assert.NotNull(Read(max));
        Assert.Contains("may have", Assert.Throws<JsonException>(() => Read(max + 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_part_of_an_unknown_type_is_kept_as_it_came()
    {
        const string json = """
            {
              "z": [1.50, {"\u0061": null}],
              "messageID": "msg_1", "sessionID": "ses_1", "id": "prt_1",
              "type": "hologram"
            }
            """;

        var part = Assert.IsType<UnknownPart>(JsonSerializer.Deserialize(json, ProtocolJson.Wire.Part));
        var again = JsonSerializer.Serialize(part, ProtocolJson.Wire.Part);

        Assert.Equal("""{"z":[1.50,{"a":null}],"messageID":"msg_1","sessionID":"ses_1","id":"prt_1","type":"hologram"}""", again);
        Assert.Equal((new PartId("prt_1"), new SessionId("ses_1"), new MessageId("msg_1"), "hologram"), (part.Id, part.SessionId, part.MessageId, part.Type));
    }

    [Fact]
    public async Task A_body_that_comes_in_pieces_is_read_like_a_whole_one()
    {
        var text = new string('x', 50_000);
        var json = $$"""{"parts":[{"metadata":{"a":"{{text}}"},"text":"{{text}}","type":"text"}]}""";
        await using var body = new TricklingStream(System.Text.Encoding.UTF8.GetBytes(json));

        var prompt = await JsonSerializer.DeserializeAsync(body, ProtocolJson.Wire.Prompt);

        Assert.Equal(text, Assert.IsType<TextPromptPart>(Assert.Single(prompt!.Parts)).Text);
    }

    [Fact]
    public void A_prompts_part_becomes_a_part_of_the_message()
    {
        var prompt = JsonSerializer.Deserialize("""{"parts":[{"type":"file","mime":"m","url":"u","filename":"f"}]}""", ProtocolJson.Wire.Prompt)!;

        var part = prompt.Parts[0].ToPart(new PartId("prt_9"), new SessionId("ses_1"), new MessageId("msg_1"));

        Assert.Equal(new FilePart(new PartId("prt_9"), new SessionId("ses_1"), new MessageId("msg_1"), "m", "u") { Filename = "f" }, part);
    }

    [Fact]
    public void Sessions_and_messages_spell_a_model_differently()
    {
        var model = new ModelRef("p", "m", "v");

        Assert.Equal("""{"providerID":"p","modelID":"m","variant":"v"}""", JsonSerializer.Serialize(model, ProtocolJson.Wire.ModelRef));
        Assert.Equal("""{"id":"m","providerID":"p","variant":"v"}""", JsonSerializer.Serialize(new SessionModel("m", "p", "v"), ProtocolJson.Wire.SessionModel));
        Assert.Equal(model, new SessionModel("m", "p", "v").ToModelRef());
    }

    [Fact]
    public void A_text_has_nothing_escaped_but_what_json_asks_for()
    {
        var json = JsonSerializer.Serialize(new FileEdited("\u00e4<&>'\u4f60\n\r\u0001\""), ProtocolJson.Wire.FileEdited);

        Assert.Equal("{\"file\":\"\u00e4<&>'\u4f60\\n\\r\\u0001\\\"\"}", json);
    }

    [Theory]
    [InlineData(PermissionAnswer.Once, "once")]
    [InlineData(PermissionAnswer.Always, "always")]
    [InlineData(PermissionAnswer.Reject, "reject")]
    public void An_answer_is_its_name(PermissionAnswer answer, string name) =>
        Assert.Equal($$"""{"response":"{{name}}"}""", JsonSerializer.Serialize(new SessionPermissionReply(answer), ProtocolJson.Wire.SessionPermissionReply));

    private static void AssertSame(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), $"Expected {expected}\nbut got  {actual}");

    /// <summary>Gives 7 bytes at a time.</summary>
    private sealed class TricklingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(7, buffer.Length)], cancellationToken);
    }
}
