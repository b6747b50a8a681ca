namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>How a stream ended, as its client can tell it. SDK clients return after all but <see cref="Clean"/>.</summary>
internal enum StreamEnd
{
    /// <summary>The response came to its announced end.</summary>
    Clean,

    /// <summary>The connection was closed in the middle of the response.</summary>
    Cut,

    /// <summary>The connection was reset.</summary>
    Reset,

    /// <summary>The client itself left.</summary>
    Left,
}
