namespace OpenCode.Actors.Clustering.Looks;

/// <summary>The door to the other nodes' addresses.</summary>
public interface IReachability
{
    /// <summary>Tries to connect over TCP, within half a second.</summary>
    /// <param name="url">The address of a node.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<Reach> ProbeAsync(Uri url, CancellationToken cancellationToken);
}

/// <summary>What an attempt to connect has shown.</summary>
public enum Reach
{
    /// <summary>Nothing: no answer in time, no route, no such name.</summary>
    Unknown,

    /// <summary>Somebody accepts connections there.</summary>
    Accepted,

    /// <summary>The machine answers that nobody listens there.</summary>
    Refused,
}
