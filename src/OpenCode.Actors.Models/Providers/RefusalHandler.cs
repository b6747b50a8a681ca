using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.Providers;

/// <summary>Turns refusals and failures of the network into <see cref="ModelException"/>s, below the vendors' packages, which keep neither headers nor body alike.</summary>
internal sealed class RefusalHandler(HttpMessageHandler inner, TimeProvider time) : DelegatingHandler(inner)
{
    private const int MaxErrorBytes = 64 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (ProviderErrors.IsNetworkFailure(e, cancellationToken))
        {
            throw ProviderErrors.Unreachable(request.RequestUri!, e);
        }

        if (response.IsSuccessStatusCode && response.Content.Headers.ContentType?.MediaType?.ToLowerInvariant() is not ("text/html" or "application/json"))
            return await BoundAsync(response, cancellationToken).ConfigureAwait(false);

        using (response)
            throw ProviderErrors.Refused(request.RequestUri!, response, await ReadBodyAsync(response, cancellationToken).ConfigureAwait(false), time.GetUtcNow());
    }

    private static async Task<HttpResponseMessage> BoundAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var content = new StreamContent(new BoundedAnswer(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false)));
        foreach (var (name, values) in response.Content.Headers)
            content.Headers.TryAddWithoutValidation(name, values);
        response.Content = content;
        return response;
    }

    private static async Task<string> ReadBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            var body = new byte[MaxErrorBytes];
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            var byteCount = await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return System.Text.Encoding.UTF8.GetString(body, 0, byteCount);
        }
        catch (Exception e) when (ProviderErrors.IsNetworkFailure(e, cancellationToken))
        {
            return ""; // The status says enough.
        }
    }
}
