using System.Buffers;
using System.Text;
using System.Text.Json;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;

namespace OpenCode.Actors.Tests.Protocol.Events;

public sealed class EventEnvelopeTests
{
    private static readonly byte[] _properties = EventJson.Encode(new SessionIdled(new SessionId("ses_1")));

    private readonly ArrayBufferWriter<byte> _output = new();

    [Fact]
    public void A_bare_event_is_id_type_and_properties()
    {
        EventEnvelope.WriteBare(_output, "evt_1"u8, EventTypes.SessionIdle, _properties);

        Assert.Equal("""{"id":"evt_1","type":"session.idle","properties":{"sessionID":"ses_1"}}""", Written());
    }

    [Fact]
    public void A_wrapped_event_names_location_and_project()
    {
        EventEnvelope.WriteWrapped(_output, "/d\u00e9/\"x", "abc", "evt_1"u8, EventTypes.SessionIdle, _properties);

        Assert.Equal(
            "{\"directory\":\"/d\u00e9/\\\"x\",\"project\":\"abc\",\"payload\":{\"id\":\"evt_1\",\"type\":\"session.idle\",\"properties\":{\"sessionID\":\"ses_1\"}}}",
            Written());
    }

    [Fact]
    public void An_event_of_the_server_has_a_payload_alone()
    {
        EventEnvelope.WriteWrapped(_output, null, null, "evt_1"u8, EventTypes.ServerConnected, EventJson.Encode(new ServerConnected()));

        Assert.Equal("""{"payload":{"id":"evt_1","type":"server.connected","properties":{}}}""", Written());
    }

    [Fact]
    public void A_sync_twin_has_the_same_id_a_version_and_the_number_in_its_session()
    {
        EventEnvelope.WriteSync(_output, "/d", null, "evt_1"u8, EventTypes.SessionUpdated, 4, "ses_1", "{\"a\":1}"u8);

        Assert.Equal(
            """{"directory":"/d","payload":{"type":"sync","id":"evt_1","syncEvent":{"id":"evt_1","type":"session.updated.1","seq":4,"aggregateID":"ses_1","data":{"a":1}}}}""",
            Written());
    }

    [Theory]
    [InlineData(EventTypes.SessionCreated, true)]
    [InlineData(EventTypes.SessionUpdated, true)]
    [InlineData(EventTypes.SessionDeleted, true)]
    [InlineData(EventTypes.MessageUpdated, true)]
    [InlineData(EventTypes.MessageRemoved, true)]
    [InlineData(EventTypes.PartUpdated, true)]
    [InlineData(EventTypes.PartRemoved, true)]
    [InlineData(EventTypes.PartDelta, false)]
    [InlineData(EventTypes.SessionStatus, false)]
    [InlineData(EventTypes.SessionIdle, false)]
    [InlineData(EventTypes.SessionError, false)]
    [InlineData(EventTypes.PermissionAsked, false)]
    [InlineData("tui.toast.show", false)]
    public void What_makes_state_is_durable(string type, bool durable) => Assert.Equal(durable, EventTypes.IsDurable(type));

    [Fact]
    public void A_requests_type_is_no_property_of_it()
    {
        var request = new PermissionRequest(
            new PermissionId("per_1"), new SessionId("ses_1"), "bash", ["ls"], JsonDocument.Parse("{}").RootElement, ["ls *"]);

        Assert.Equal(EventTypes.PermissionAsked, ((IEventProperties)request).EventType);
        Assert.Equal(
            """{"id":"per_1","sessionID":"ses_1","permission":"bash","patterns":["ls"],"metadata":{},"always":["ls *"]}""",
            Encoding.UTF8.GetString(EventJson.Encode(request)));
    }

    [Fact]
    public void Properties_of_a_client_become_one_line()
    {
        using var body = JsonDocument.Parse("{ \"a\" :\r\n [ 1,\n\t\"x\\ny\" ] }");

        Assert.Equal("""{"a":[1,"x\ny"]}""", Encoding.UTF8.GetString(EventJson.Encode(body.RootElement)));
    }

    [Fact]
    public void Every_type_of_a_record_is_one_of_the_constants()
    {
        var constants = typeof(EventTypes).GetFields().Select(f => (string)f.GetRawConstantValue()!).ToHashSet(StringComparer.Ordinal);
        var types = typeof(EventTypes).Assembly.GetTypes().Where(t => t is { IsClass: true } && t.IsAssignableTo(typeof(IEventProperties)))
            .Select(t => ((IEventProperties)System.Runtime.CompilerServices.RuntimeHelpers.GetUninitializedObject(t)).EventType).ToList();

        Assert.Equal(constants.Order(StringComparer.Ordinal), types.Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    private string Written() => Encoding.UTF8.GetString(_output.WrittenSpan);
}
