namespace OpenCode.Actors.Server.Errors;

/// <summary>A body cannot be read. Not ASP.NET's exception: generated handlers would catch that, and answer without a body.</summary>
internal sealed class RefusedBodyException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
