namespace OpenCode.Actors.Sessions.Tools.WebFetch;

/// <summary>The door to pages on the web.</summary>
internal interface IWebPages
{
    /// <summary>Fetches a page. Follows redirects on the same host and port. Returns a redirect to another one, which needs its own permission.</summary>
    /// <param name="url">The page.</param>
    /// <param name="isPrivate">Whether it may be on this machine or in a private network.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ToolRefusedException">It cannot be had.</exception>
    Task<WebPage> FetchAsync(Uri url, bool isPrivate, CancellationToken cancellationToken);
}

/// <summary>A page.</summary>
/// <param name="MediaType">Such as <c>text/html</c>; empty when the server gave none.</param>
/// <param name="Text">Its text.</param>
internal sealed record WebPage(string MediaType, string Text);
