namespace OpenCode.Actors.Sessions.Files;

/// <summary>Runs file work where blocking is allowed: never on the thread of an actor. A door.</summary>
internal interface IFileWork
{
    /// <summary>Does a piece of work.</summary>
    /// <param name="work">The work. It checks the token between pieces: a file may be endless.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellationToken">Gives it up.</param>
    /// <returns>The result of the work.</returns>
    /// <exception cref="TimeoutException">It took too long, as on a network mount that is away. The work may go on; what it does then is lost.</exception>
    Task<T> DoAsync<T>(Func<IFileTree, CancellationToken, T> work, TimeSpan limit, CancellationToken cancellationToken);
}
