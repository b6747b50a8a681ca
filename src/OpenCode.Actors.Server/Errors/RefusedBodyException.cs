namespace OpenCode.Actors.Server.Errors;

/// <summary>A body cannot be read. Not the exception of ASP.NET: generated handlers would take that for their own, and answer without a word.</summary>
internal sealed class RefusedBodyException(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}
