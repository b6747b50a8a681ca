using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OpenCode.Actors.Sessions.Tools.WebFetch.Doors;

/// <summary>Fetches pages over HTTP, without cookies and without credentials.</summary>
internal sealed class HttpWebPages : IWebPages, IDisposable
{
    private const int MostBytes = 5 * 1_024 * 1_024;
    private const int MostRedirects = 5;

    // Two, so that no connection of the one is used by the other.
    private readonly HttpClient _public = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        ConnectCallback = ConnectPublicAsync,
    });

    private readonly HttpClient _private = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
    });

    public async Task<WebPage> FetchAsync(Uri url, bool isPrivate, CancellationToken cancellationToken)
    {
        try
        {
            return await FollowAsync(isPrivate ? _private : _public, url, cancellationToken);
        }
        catch (HttpRequestException e) when (e.InnerException is ToolRefusedException refused)
        {
            throw new ToolRefusedException(refused.Message, e);
        }
        catch (HttpRequestException e)
        {
            throw new ToolRefusedException($"{url} cannot be fetched: {e.Message} Check the address, or fetch another page.", e);
        }
    }

    public void Dispose()
    {
        _public.Dispose();
        _private.Dispose();
    }

    // Checked where the connection is made: a name can resolve differently from one lookup to the next. Behind a proxy the proxy resolves names.
    private static async ValueTask<Stream> ConnectPublicAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var target = context.DnsEndPoint;
        var addresses = await Dns.GetHostAddressesAsync(target.Host, cancellationToken);
        var isDirect = context.InitialRequestMessage.RequestUri?.IdnHost == target.Host;
        if (isDirect && addresses.FirstOrDefault(PrivateNetworks.Has) is { } inside)
            throw new ToolRefusedException($"{target.Host} is {inside}, an address of a private network, which the user has to allow. Fetch it by that address if it is wanted.");

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, target.Port, cancellationToken);
            if (isDirect && socket is { LocalEndPoint: IPEndPoint local, RemoteEndPoint: IPEndPoint remote } && local.Address.Equals(remote.Address))
                throw new ToolRefusedException($"{target.Host} is {remote.Address}, an address of this machine, which the user has to allow for local pages. Fetch it by localhost if it is wanted.");

            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<WebPage> FollowAsync(HttpClient http, Uri url, CancellationToken cancellationToken)
    {
        for (var redirects = 0; redirects <= MostRedirects; redirects++)
        {
            using var response = await http.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
                return await ReadAsync(url, response, cancellationToken);

            if (!Uri.TryCreate(url, location, out var next))
                throw new ToolRefusedException($"{url} redirects to '{location.OriginalString}', which is no URL.");
            if (next.GetLeftPart(UriPartial.Authority) != url.GetLeftPart(UriPartial.Authority))
                throw new ToolRefusedException($"{url} redirects to {next}, which needs a permission of its own. Fetch that URL if it is http or https.");
            url = next;
        }

        throw new ToolRefusedException($"{url} redirects more than {MostRedirects} times. Fetch the page that it should lead to.");
    }

    private static async Task<WebPage> ReadAsync(Uri url, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
            throw new ToolRefusedException($"{url} answered {(int)response.StatusCode}. Check the address, or fetch another page.");

        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var bytes = new MemoryStream();
        var buffer = new byte[16_384];
        for (int read; (read = await body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (bytes.Length + read > MostBytes)
                throw new ToolRefusedException($"{url} is larger than {MostBytes / 1_024 / 1_024} MB. Fetch a smaller page.");
            bytes.Write(buffer, 0, read);
        }

        var type = response.Content.Headers.ContentType;
        return new WebPage(type?.MediaType ?? "", EncodingOf(type?.CharSet).GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
    }

    private static Encoding EncodingOf(string? name)
    {
        try
        {
            return name is null ? Encoding.UTF8 : Encoding.GetEncoding(name.Trim('"'));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return Encoding.UTF8; // Unknown, or UTF-7, which is switched off.
        }
    }
}
