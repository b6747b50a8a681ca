using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using OpenAI;
using OpenAI.Chat;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.OpenAi;

/// <summary>A model behind OpenAI's chat completions API.</summary>
/// <remarks>
/// Built on the protocol methods of the official package: its pipeline sends, authenticates and times out; requests and chunks are ours, since the typed ones hide the
/// reasoning that many servers stream and refuse what OpenAI itself does not send.
/// </remarks>
internal sealed class OpenAiChatModel(OpenAiProvider provider, HttpClient http, TimeProvider time) : IChatModel
{
    private const int MaxErrorBytes = 64 * 1024;
    private const string EndOfStream = "[DONE]";

    private readonly OpenAIClientOptions _options = new()
    {
        Endpoint = provider.Endpoint,
        Transport = new HttpClientPipelineTransport(http),
        RetryPolicy = new ClientRetryPolicy(maxRetries: 0), // The run retries, where clients can see it.
        NetworkTimeout = provider.Options.NetworkTimeout ?? TimeSpan.FromMinutes(5),
        UserAgentApplicationId = "opencode-actors",
    };

    private readonly AuthenticationPolicy _authentication = provider.Options.ApiKey is { Length: > 0 } key
        ? ApiKeyAuthenticationPolicy.CreateBearerAuthorizationPolicy(new ApiKeyCredential(key))
        : new NoAuthentication();

    public async IAsyncEnumerable<ModelChunk> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        var answer = new StreamedAnswer(request.Messages.Count);
        var events = SseParser.Create(response.ContentStream!).EnumerateAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
        await using (events.ConfigureAwait(false))
        {
            while (await MoveNextAsync(events, cancellationToken).ConfigureAwait(false) && events.Current.Data != EndOfStream)
            {
                foreach (var chunk in answer.Take(events.Current.Data))
                    yield return chunk;
            }
        }

        foreach (var chunk in answer.Complete())
            yield return chunk;
    }

    private async Task<PipelineResponse> SendAsync(ModelRequest request, CancellationToken cancellationToken)
    {
        var client = new ChatClient(request.ModelId, _authentication, _options);
        var options = new RequestOptions { BufferResponse = false, ErrorOptions = ClientErrorBehaviors.NoThrow, CancellationToken = cancellationToken };
        options.SetHeader("Accept", "text/event-stream");
        foreach (var (name, value) in provider.Options.Headers ?? new Dictionary<string, string>(StringComparer.Ordinal))
            options.SetHeader(name, value);

        PipelineResponse response;
        try
        {
            using var content = BinaryContent.Create(RequestBody.Write(request));
            var result = await client.CompleteChatAsync(content, options).ConfigureAwait(false);
            response = result.GetRawResponse();
        }
        catch (Exception e) when (ProviderErrors.IsNetworkFailure(e, cancellationToken))
        {
            throw ProviderErrors.Unreachable(provider.Endpoint, e);
        }

        if (!response.IsError && !ProviderErrors.IsNoStream(response))
            return response;

        using (response)
            throw ProviderErrors.Refused(provider.Endpoint, response, await ReadBodyAsync(response, cancellationToken).ConfigureAwait(false), time.GetUtcNow());
    }

    private async ValueTask<bool> MoveNextAsync(IAsyncEnumerator<SseItem<string>> events, CancellationToken cancellationToken)
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (ProviderErrors.IsNetworkFailure(e, cancellationToken))
        {
            throw ProviderErrors.Cut(provider.Endpoint, e);
        }
    }

    private static async Task<string> ReadBodyAsync(PipelineResponse response, CancellationToken cancellationToken)
    {
        try
        {
            var body = new byte[MaxErrorBytes];
            var byteCount = response.ContentStream is { } stream ? await stream.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false) : 0;
            return System.Text.Encoding.UTF8.GetString(body, 0, byteCount);
        }
        catch (Exception e) when (ProviderErrors.IsNetworkFailure(e, cancellationToken))
        {
            return ""; // The status says enough.
        }
    }
}
