namespace OpenCode.Actors.Streams.Clients;

/// <summary>What a stream sends, and in which form.</summary>
internal enum StreamKind
{
    /// <summary><c>/event</c>: bare events of exactly one location.</summary>
    Bare,

    /// <summary><c>/global/event</c>: every event in its wrapper, with sync twins.</summary>
    Wrapped,

    /// <summary><c>/session/{id}/event</c>: bare events of one session.</summary>
    Session,
}
