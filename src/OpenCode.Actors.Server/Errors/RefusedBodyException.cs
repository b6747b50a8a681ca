namespace OpenCode.Actors.Server.Errors;

/// <summary>A body cannot be read.</summary>
internal sealed class RefusedBodyException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
