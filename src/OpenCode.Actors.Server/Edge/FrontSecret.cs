using System.Security.Cryptography;
using System.Text;
using OpenCode.Actors.Protocol.Ids;

namespace OpenCode.Actors.Server.Edge;

/// <summary>The secret by which the holder of a data folder recognizes requests of its fronts: a file in the folder, readable for its user alone, new at each start.</summary>
/// <param name="secret">The secret.</param>
internal sealed class FrontSecret(string secret)
{
    /// <summary>The header with the secret. In an answer: the holder does not know the secret.</summary>
    public const string Header = "x-opencode-front";

    private const int SecretBytes = 32;
    private readonly byte[] _hash = Hash(secret);

    public string Secret => secret;

    public static FrontSecret Make(IEntropy entropy)
    {
        Span<byte> random = stackalloc byte[SecretBytes];
        entropy.Fill(random);
        return new FrontSecret(Convert.ToHexStringLower(random));
    }

    /// <summary>True if this is the secret. Takes the same time whatever is wrong.</summary>
    public bool Accepts(string given) => CryptographicOperations.FixedTimeEquals(Hash(given), _hash);

    /// <summary>True if a request came from a front, which has checked its client.</summary>
    public static bool IsFromFront(HttpContext context) => context.Features.Get<FromFront>() is not null;

    /// <summary>Part of the pipeline of a holder, before all others: the request goes by the id that the front has given it.</summary>
    public Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Request.Headers;
        if (!headers.TryGetValue(Header, out var given))
            return next(context);

        headers.Remove(Header);
        if (!Accepts(given.ToString()))
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            context.Response.Headers[Header] = "unknown";
            return Task.CompletedTask;
        }

        context.Features.Set(FromFront.Instance);
        if (headers[EdgeMiddleware.RequestIdHeader].ToString() is { Length: > 0 } id)
            context.TraceIdentifier = id;
        return next(context);
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private sealed class FromFront
    {
        public static FromFront Instance { get; } = new();
    }
}
