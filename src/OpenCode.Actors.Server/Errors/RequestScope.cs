namespace OpenCode.Actors.Server.Errors;

/// <summary>What is in a log line about its request. Held as long as the request lasts, which may be a day: so it is small.</summary>
/// <param name="path">The path.</param>
/// <param name="requestId">What the header <c>x-request-id</c> of the answer says.</param>
internal sealed class RequestScope(string? path, string requestId)
{
    public override string ToString() => $"RequestPath:{path} RequestId:{requestId}";
}
