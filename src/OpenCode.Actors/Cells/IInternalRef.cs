namespace OpenCode.Actors.Cells;

/// <summary>What every ref of the kernel can do beside taking messages.</summary>
internal interface IInternalRef : IActorRef
{
    ActorSystem System { get; }

    /// <summary>Gets a value indicating whether it will never handle a message again.</summary>
    bool IsTerminated { get; }

    /// <summary>Gives a message to the system queue, which is never bounded and comes before all user messages.</summary>
    void SendSystem(SystemMessage message);
}
