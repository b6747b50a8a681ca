namespace OpenCode.Actors.Sessions.Instructions.Doors;

/// <summary>Fetches texts over HTTP.</summary>
internal sealed class HttpInstructionFetcher : IInstructionFetcher, IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxAutomaticRedirections = 5, PooledConnectionLifetime = TimeSpan.FromMinutes(2) });

    public async Task<string> GetAsync(Uri url, int mostCharacters, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        using var text = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        var read = new char[mostCharacters];
        return new string(read, 0, await text.ReadBlockAsync(read, cancellationToken));
    }

    public void Dispose() => _http.Dispose();
}
