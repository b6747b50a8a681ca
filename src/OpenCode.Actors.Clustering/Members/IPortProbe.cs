using Akka.Actor;

namespace OpenCode.Actors.Clustering.Members;

/// <summary>The result of a connection to a port.</summary>
internal enum PortAnswer
{
    /// <summary>A node listens there.</summary>
    Accepts,

    /// <summary>Nothing listens there, and the machine says so.</summary>
    Refuses,

    /// <summary>No answer in time, or none of a node.</summary>
    Silent,
}

/// <summary>Finds out whether a node listens at an address.</summary>
internal interface IPortProbe
{
    /// <summary>Connects, and disconnects at once.</summary>
    /// <param name="address">The address of the node.</param>
    /// <param name="limit">How long to try. An address that has neither refused nor completed a connection by then is <see cref="PortAnswer.Silent"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<PortAnswer> AskAsync(Address address, TimeSpan limit, CancellationToken cancellationToken);
}
