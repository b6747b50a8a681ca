namespace OpenCode.Actors.Streams.Clients;

/// <summary>Why a stream ended. All but <see cref="Disposed"/> and <see cref="Deleted"/> are a reset for the client, so that it reconnects.</summary>
internal enum StreamEndReason
{
    /// <summary>The client went away.</summary>
    Disconnected,

    /// <summary>Writing to the client failed.</summary>
    Failed,

    /// <summary>The client took nothing for the write timeout.</summary>
    Stalled,

    /// <summary>The server stops.</summary>
    Drained,

    /// <summary>The server cannot go on with streams for now: its database does not answer.</summary>
    Suspended,

    /// <summary>The instance was disposed: a clean end.</summary>
    Disposed,

    /// <summary>The stream was a session's own, and the session was deleted: a clean end.</summary>
    Deleted,

    /// <summary>The journal could not be read.</summary>
    Unreadable,

    /// <summary>The client's actor or stream failed or was stopped: a fault of ours.</summary>
    Broken,
}

/// <summary>How a stream ended.</summary>
/// <param name="Reason">Counted.</param>
/// <param name="Detail">For the log.</param>
internal sealed record StreamEnd(StreamEndReason Reason, string Detail)
{
    public string ReasonName => Reason switch
    {
        StreamEndReason.Disconnected => "disconnected",
        StreamEndReason.Failed => "failed",
        StreamEndReason.Stalled => "stalled",
        StreamEndReason.Drained => "drained",
        StreamEndReason.Suspended => "suspended",
        StreamEndReason.Disposed => "disposed",
        StreamEndReason.Deleted => "deleted",
        StreamEndReason.Unreadable => "unreadable",
        _ => "broken",
    };

    /// <inheritdoc/>
    public override string ToString() => $"{ReasonName}: {Detail}";
}
