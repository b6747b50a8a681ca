using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Sessions.Region;

/// <summary>Whether this node has lost the database that it shares with others: then nothing that needs it is begun or waited for (RULES F3). A node that is alone has none. Thread-safe.</summary>
internal interface ISuspension
{
    /// <summary>Gets what queries and reads are refused with; null while they are taken.</summary>
    Unavailable? Refusal { get; }

    /// <summary>Gets what is cancelled when the database falls silent. Another one each time it has answered again.</summary>
    CancellationToken Begins { get; }
}
