using System.Text.Json;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Messages;

namespace OpenCode.Actors.Tests.Protocol.Json;

public sealed class ErrorBodyTests
{
    [Fact]
    public void An_unknown_session_is_named() =>
        Assert.Equal("""{"name":"NotFoundError","data":{"message":"Session not found: ses_x"}}""", Json(NamedError.NotFound(new SessionId("ses_x"))));

    [Fact]
    public void A_bad_request_says_what_and_where() =>
        Assert.Equal("""{"name":"BadRequest","data":{"message":"m","kind":"Query"}}""", Json(NamedError.BadRequest("m", BadRequestKinds.Query)));

    [Fact]
    public void A_full_disk_says_how_much_is_free_and_needed()
    {
        var data = NamedError.InsufficientStorage(10, 20).Data;

        Assert.Equal((10, 20), (data.FreeBytes, data.NeededBytes));
        Assert.Contains("10 bytes free, 20 needed", data.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_of_the_database_says_how_much_is_needed_and_no_more_than_is_known()
    {
        var data = NamedError.InsufficientStorage(null, 20).Data;

        Assert.Equal((null, 20), (data.FreeBytes, data.NeededBytes));
        Assert.Contains("disk of the database is full: 20 bytes", data.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_route_is_named() =>
        Assert.Contains("POST /pty", NamedError.NotImplemented("POST /pty").Data.Message, StringComparison.Ordinal);

    [Fact]
    public void An_answered_request_is_tagged_and_named()
    {
        Assert.Equal(
            """{"_tag":"PermissionNotFoundError","requestID":"per_1","message":"Permission request not found: per_1"}""",
            JsonSerializer.Serialize(RequestNotFoundError.Permission(new PermissionId("per_1")), ProtocolJson.Wire.RequestNotFoundError));
        Assert.Equal("QuestionNotFoundError", RequestNotFoundError.Question(new QuestionId("que_1")).Tag);
    }

    [Fact]
    public void A_providers_error_always_says_whether_to_try_again() =>
        Assert.Equal(
            """{"name":"APIError","data":{"message":"m","statusCode":401,"isRetryable":false}}""",
            JsonSerializer.Serialize(MessageError.ApiError("m", 401), ProtocolJson.Wire.MessageError));

    [Fact]
    public void An_abort_is_named() =>
        Assert.Equal(
            """{"name":"MessageAbortedError","data":{"message":"Aborted"}}""",
            JsonSerializer.Serialize(MessageError.MessageAborted(), ProtocolJson.Wire.MessageError));

    private static string Json(NamedError error) => JsonSerializer.Serialize(error, ProtocolJson.Wire.NamedError);
}
