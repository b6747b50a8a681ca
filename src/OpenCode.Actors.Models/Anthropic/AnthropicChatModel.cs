using System.Runtime.CompilerServices;
using System.Text.Json;
using Anthropic;
using Anthropic.Core;
using Anthropic.Exceptions;
using Anthropic.Models.Messages;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.Anthropic;

/// <summary>A model behind Anthropic's messages API, on the official package.</summary>
internal sealed class AnthropicChatModel : IChatModel
{
    private const string Version = "/v1";

    // The run cuts a silent stream, and the waits are bounded here: the package's timeout would count the whole answer.
    private static readonly TimeSpan _wholeAnswer = TimeSpan.FromDays(1);

    private readonly ProviderOptions _provider;
    private readonly ModelInfo _model;
    private readonly TimeProvider _time;
    private readonly Uri _endpoint;
    private readonly AnthropicClient _client;

    public AnthropicChatModel(ProviderOptions provider, ModelInfo model, HttpClient http, TimeProvider time)
    {
        (_provider, _model, _time) = (provider, model, time);
        _endpoint = new Uri(provider.BaseUrl ?? ProviderApis.UrlOf(ProviderApi.Anthropic)!);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        if (provider is { BaseUrl: not null, ApiKey: { Length: > 0 } gatewayKey })
            headers["x-api-key"] = gatewayKey; // The package says it as a bearer; gateways look here, where opencode puts it.
        foreach (var (name, value) in provider.Headers.Concat(model.Headers))
            headers[name] = value;
        _client = new AnthropicClient(new ClientOptions
        {
            HttpClient = http,
            BaseUrl = WithoutVersion(_endpoint),
            ApiKey = provider.ApiKey, // Also null: then none is looked for in the environment.
            MaxRetries = 0, // The run retries, where clients can see it.
            Timeout = _wholeAnswer,
            ExtraHeaders = headers,
        });
    }

    public async IAsyncEnumerable<ModelChunk> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var waits = new SilenceTimeout(_endpoint, _provider.Timeout, _time, cancellationToken);
        using var response = await waits.WaitAsync(() => SendAsync(AnthropicRequest.Make(request, _model), waits.Token)).ConfigureAwait(false);
        var answer = new AnthropicAnswer();
        var events = response.Enumerate(waits.Token).GetAsyncEnumerator(waits.Token);
        await using (events.ConfigureAwait(false))
        {
            while (await waits.WaitAsync(() => MoveNextAsync(events)).ConfigureAwait(false))
            {
                foreach (var chunk in answer.Take(events.Current.Json))
                    yield return chunk;
            }
        }

        foreach (var chunk in answer.Complete())
            yield return chunk;
    }

    private async ValueTask<StreamingHttpResponse<RawMessageStreamEvent>> SendAsync(MessageCreateParams parameters, CancellationToken cancellationToken)
    {
        try
        {
            return await _client.WithRawResponse.Messages.CreateStreaming(parameters, cancellationToken).ConfigureAwait(false);
        }
        catch (AnthropicException e) when (ProviderErrors.InnerModelException(e) is null)
        {
            throw ProviderErrors.Unreachable(_endpoint, e);
        }
    }

    private async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<RawMessageStreamEvent> events)
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false);
        }
        catch (AnthropicSseException e)
        {
            throw ProviderErrors.InStream(ProviderJson.Get(e.Body, "error") ?? e.Body);
        }
        catch (AnthropicException e) when (ProviderErrors.InnerModelException(e) is null)
        {
            throw ProviderErrors.Cut(_endpoint, e);
        }
        catch (JsonException e)
        {
            throw ProviderErrors.NoJson("", e);
        }
    }

    // opencode's URL ends with the version, which the package adds itself.
    private static string WithoutVersion(Uri endpoint)
    {
        var url = endpoint.OriginalString.TrimEnd('/');
        return url.EndsWith(Version, StringComparison.Ordinal) ? url[..^Version.Length] : url;
    }
}
