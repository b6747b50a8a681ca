namespace OpenCode.Actors.Server.Errors;

/// <summary>The fields of a request in log lines. Small, since it lives as long as the request, which may be a day.</summary>
/// <param name="path">The path.</param>
/// <param name="requestId">What the header <c>x-request-id</c> of the answer says.</param>
internal sealed class RequestScope(string? path, string requestId)
{
    public override string ToString() => $"RequestPath:{path} RequestId:{requestId}";
}
