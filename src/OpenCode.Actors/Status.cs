namespace OpenCode.Actors;

/// <summary>General answers.</summary>
public static class Status
{
    /// <summary>It did not work. Who asked gets the exception.</summary>
    /// <param name="Cause">Why.</param>
    public sealed record Failure(Exception Cause);

    /// <summary>It worked.</summary>
    /// <param name="Value">The result, if there is one.</param>
    public sealed record Success(object? Value);
}
