namespace OpenCode.Actors.Clustering.Memory;

/// <summary>What lies between a node and its database.</summary>
public enum LinkState
{
    /// <summary>Both directions work.</summary>
    Whole,

    /// <summary>Nothing goes through: a call fails by its time limit, the other end keeps the connection until its keepalive gives up.</summary>
    Cut,

    /// <summary>Questions arrive and are done, answers do not. No new connection comes about.</summary>
    AnswersLost,
}
