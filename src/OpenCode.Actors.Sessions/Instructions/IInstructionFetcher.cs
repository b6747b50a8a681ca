namespace OpenCode.Actors.Sessions.Instructions;

/// <summary>Fetches instructions from the web. A door.</summary>
internal interface IInstructionFetcher
{
    /// <summary>Fetches a text.</summary>
    /// <param name="url">Its http or https URL.</param>
    /// <param name="mostCharacters">How much of it is read.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="HttpRequestException">It cannot be had; the message says why.</exception>
    Task<string> GetAsync(Uri url, int mostCharacters, CancellationToken cancellationToken);
}
