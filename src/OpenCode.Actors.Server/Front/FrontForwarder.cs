using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using OpenCode.Actors.Protocol.Errors;
using OpenCode.Actors.Server.Edge;
using OpenCode.Actors.Server.Errors;
using OpenCode.Actors.Server.Locations;
using OpenCode.Actors.Server.Sse;
using OpenCode.Actors.Storage.Sqlite.Doors;
using Yarp.ReverseProxy.Forwarder;

namespace OpenCode.Actors.Server.Front;

/// <summary>Passes each request on to the holder of the data folder. While there is none that answers, requests wait for the next one.</summary>
/// <param name="forwarder">Carries requests.</param>
/// <param name="link">Where the holder is.</param>
/// <param name="streams">The event streams that pass through.</param>
/// <param name="locations">The locations as this server names them.</param>
/// <param name="time">The clock.</param>
/// <param name="stopping">This server stops.</param>
internal sealed class FrontForwarder(
    IHttpForwarder forwarder, HolderLink link, PassingStreams streams, LocationResolver locations, TimeProvider time, CancellationToken stopping) : IDisposable
{
    /// <summary>How long a request waits for a holder.</summary>
    public static readonly TimeSpan HolderLimit = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _sendAgain = TimeSpan.FromMilliseconds(50);

    // The end of a turn may be hours away, and the next event too.
    private static readonly ForwarderRequestConfig _config = new()
    {
        ActivityTimeout = Timeout.InfiniteTimeSpan, Version = System.Net.HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact, AllowResponseBuffering = false,
    };

    private static readonly ForwarderRequestConfig _watchConfig = _config with { ActivityTimeout = HolderLimit };

    private readonly HttpMessageInvoker _client = new(new EmptyBodyHandler(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
        ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator(),
        ConnectTimeout = HolderLimit,
    }));

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

        var edge = context.Response.Headers.ToArray();
        for (long? failedAt = null; ;)
        {
            var left = failedAt is { } since ? HolderLimit - time.GetElapsedTime(since) : HolderLimit;
            if (left <= TimeSpan.Zero || await link.WaitAsync(left, context.RequestAborted) is not { } holder)
            {
                await RefuseAsync(context, "The server that held the data folder does not answer, and no other one has taken it over yet. Nothing was changed.");
                return;
            }

            var transformer = new FrontTransformer(holder, locations, streams, opening);
            var error = await forwarder.SendAsync(context, holder.Url, _client, FrontRoutes.IsWatch(context.Request) ? _watchConfig : _config, transformer, stopping);
            if (error is ForwarderError.None && !transformer.IsUnknownThere)
                return;

            // The forwarder has cut what had begun.
            if (context.Response.HasStarted || context.RequestAborted.IsCancellationRequested || error is ForwarderError.RequestBodyClient)
                return;

            // An error of an earlier attempt stays in the feature.
            var failure = error is ForwarderError.None ? null : context.Features.Get<IForwarderErrorFeature>()?.Exception;
            StartOver(context.Response, edge);
            ThrowMistake(error, failure);
            if (error is ForwarderError.RequestTimedOut)
            {
                await RefuseAsync(context, $"The server at {holder.Url} (process {holder.Pid}), through which this one serves, does not answer.");
                return;
            }

            var isNotSent = failure is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError };
            var isLost = isNotSent || transformer.IsUnknownThere;
            if (isLost)
                link.Lost(holder);

            if (stopping.IsCancellationRequested || !(isNotSent || ChangesNothing(context.Request)))
            {
                await RefuseAsync(context, Reason(transformer.IsUnknownThere));
                return;
            }

            failedAt ??= time.GetTimestamp();
            if (!isLost)
                await Task.Delay(_sendAgain, time, context.RequestAborted);
        }
    }

    /// <summary>Asks a holder whether it is alive.</summary>
    /// <returns>Whether it answered, whatever it said.</returns>
    public async Task<bool> IsAliveAsync(HolderInfo holder, CancellationToken limit)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, holder.Url + "/health/live");
        request.Headers.Add(FrontSecret.Header, holder.Secret);
        try
        {
            using var answer = await _client.SendAsync(request, limit);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private static bool ChangesNothing(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    // Without what the forwarder has set for its error; the headers of the edge stay, a page of another origin could not read the answer otherwise.
    private static void StartOver(HttpResponse response, KeyValuePair<string, StringValues>[] edge)
    {
        response.Clear();
        foreach (var (name, value) in edge)
            response.Headers[name] = value;
    }

    // What cannot be sent is the client's mistake, and says nothing of the holder.
    private static void ThrowMistake(ForwarderError error, Exception? failure)
    {
        if (failure is LocationException or BadHttpRequestException)
            throw failure;
        if (error is ForwarderError.RequestCreation)
            throw new BadHttpRequestException($"The request cannot be passed on: {failure?.Message}", failure!);
    }

    private string Reason(bool isUnknownThere)
    {
        if (isUnknownThere)
            return "The server that held the data folder has been replaced, and its successor did not take the request. Nothing was changed.";

        return $"{(stopping.IsCancellationRequested ? "This server stops" : "The server that held the data folder ended")} while the request was under way. Whether it was carried out is unknown.";
    }

    private Task RefuseAsync(HttpContext context, string reason) => FrontRoutes.IsStream(context.Request)
        ? TurnAwayAsync(context)
        : context.WriteRetryLaterAsync(_retryAfter, new NamedError("OverloadedError", new NamedErrorData(reason)));

    private Task TurnAwayAsync(HttpContext context)
    {
        SseResponse.Prepare(context);
        return SseResponse.TurnAwayAsync(context, time);
    }
}
