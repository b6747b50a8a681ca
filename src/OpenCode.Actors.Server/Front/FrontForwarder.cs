using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Server.Edge;
using OpenCode.Actors.Server.Errors;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Sse;
using Yarp.ReverseProxy.Forwarder;

namespace OpenCode.Actors.Server.Front;

/// <summary>Passes each request on to the holder of the data folder. While there is none that answers, requests wait for the next one.</summary>
/// <param name="forwarder">Carries requests.</param>
/// <param name="link">Where the holder is.</param>
/// <param name="streams">The event streams that pass through.</param>
/// <param name="locations">The locations as this server names them.</param>
/// <param name="time">The clock.</param>
/// <param name="writeTimeout">How long the client of a stream may take nothing.</param>
/// <param name="stopping">This server stops.</param>
internal sealed class FrontForwarder(
    IHttpForwarder forwarder, HolderLink link, PassingStreams streams, LocationResolver locations, TimeProvider time, TimeSpan writeTimeout, CancellationToken stopping) : IDisposable
{
    /// <summary>How long a request waits for a holder.</summary>
    public static readonly TimeSpan HolderLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    // The end of a turn may be hours away, and the next event too.
    private static readonly ForwarderRequestConfig _config = new()
    {
        ActivityTimeout = Timeout.InfiniteTimeSpan, Version = System.Net.HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact, AllowResponseBuffering = false,
    };

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        ConnectTimeout = HolderLimit,
    });

    public void Dispose() => _client.Dispose();

    /// <summary>The end of the front's pipeline.</summary>
    public async Task ForwardAsync(HttpContext context)
    {
        if (ConnectionCount.IsOneTooMany(context))
        {
            await (FrontRoutes.IsStream(context.Request) ? TurnAwayAsync(context) : ConnectionCount.RefuseAsync(context));
            return;
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null; // the holder has the same limit, and says so

        using var opening = FrontRoutes.IsStream(context.Request) ? streams.Open() : null;
        if (HttpMethods.IsPost(context.Request.Method))
            await streams.OpenedAsync(context.RequestAborted);

        for (long? lostAt = null; ;)
        {
            var left = lostAt is { } since ? HolderLimit - time.GetElapsedTime(since) : HolderLimit;
            if (await link.WaitAsync(left, context.RequestAborted) is not { } holder)
            {
                await RefuseAsync(context, "The server that held the data folder does not answer, and no other one has taken it over yet. Nothing was changed.");
                return;
            }

            var transformer = new FrontTransformer(holder, locations, streams, opening, writeTimeout);
            var error = await forwarder.SendAsync(context, holder.Url, _client, _config, transformer, stopping);
            if (error is ForwarderError.None && !transformer.IsUnknownThere)
                return;

            // The forwarder has cut what had begun.
            if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested || error is ForwarderError.RequestBodyClient)
                return;

            if (context.Features.Get<IForwarderErrorFeature>()?.Exception is LocationException mistake)
                throw mistake;

            if (stopping.IsCancellationRequested || !MayBeSentAgain(context))
            {
                await RefuseAsync(context, $"{(stopping.IsCancellationRequested ? "This server stops" : "The server that held the data folder ended")} while the request was under way. Whether it was carried out is unknown.");
                return;
            }

            lostAt ??= time.GetTimestamp();
            link.Lost(holder);
            context.Response.Clear(); // of the status that the forwarder has set
        }
    }

    // What was not sent, or changes nothing.
    private static bool MayBeSentAgain(HttpContext context) =>
        HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)
        || context.Features.Get<IForwarderErrorFeature>()?.Exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };

    private Task RefuseAsync(HttpContext context, string reason) => FrontRoutes.IsStream(context.Request)
        ? TurnAwayAsync(context)
        : context.WriteRetryLaterAsync(_retryAfter, new NamedError("OverloadedError", new NamedErrorData(reason)));

    private Task TurnAwayAsync(HttpContext context)
    {
        SseResponse.Prepare(context);
        return SseResponse.TurnAwayAsync(context, time);
    }
}
