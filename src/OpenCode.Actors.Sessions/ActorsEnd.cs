namespace OpenCode.Actors.Sessions;

/// <summary>The end of the actors. An Ask to an actor that has ended is never answered in Akka, so every ask waits for this too.</summary>
internal sealed class ActorsEnd
{
    // Not disposed: it has no timer, and asks may still look at it while the host is torn down.
    private readonly CancellationTokenSource _ended = new();

    /// <summary>Gets a token that is cancelled when no actor answers any more.</summary>
    public CancellationToken Token => _ended.Token;

    /// <summary>All actors have been stopped.</summary>
    public void Set() => _ended.Cancel();
}
