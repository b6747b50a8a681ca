using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using OpenAI;
using OpenAI.Chat;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Models.OpenAi;

/// <summary>A model behind OpenAI's chat completions API.</summary>
/// <remarks>The official package makes and sends the request. Its pages of raw responses are read here: its typed chunks refuse what other servers send (docs/decisions/0021-providers.md).</remarks>
internal sealed class OpenAiChatModel : IChatModel
{
    private const string EndOfStream = "[DONE]";

    private readonly ProviderOptions _provider;
    private readonly ModelInfo _model;
    private readonly TimeProvider _time;
    private readonly Uri _endpoint;
    private readonly ChatClient _client;

    public OpenAiChatModel(ProviderOptions provider, ModelInfo model, HttpClient http, TimeProvider time)
    {
        (_provider, _model, _time) = (provider, model, time);
        _endpoint = new Uri(provider.BaseUrl ?? ProviderApis.UrlOf(ProviderApi.OpenAi)!);
        var options = new OpenAIClientOptions
        {
            Endpoint = _endpoint,
            Transport = new HttpClientPipelineTransport(http),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0), // The run retries, where clients can see it.
            NetworkTimeout = Timeout.InfiniteTimeSpan,
            UserAgentApplicationId = "opencode-actors",
        };
        options.AddPolicy(new HeaderPolicy([provider.Headers, model.Headers]), PipelinePosition.BeforeTransport);
        var authentication = provider.ApiKey is { Length: > 0 } key
            ? ApiKeyAuthenticationPolicy.CreateBearerAuthorizationPolicy(new ApiKeyCredential(key))
            : (AuthenticationPolicy)new NoAuthentication();
        _client = new ChatClient(model.ApiId ?? model.Id, authentication, options);
    }

    public async IAsyncEnumerable<ModelChunk> StreamAsync(ModelRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var waits = new SilenceTimeout(_endpoint, _provider.Timeout, _time, cancellationToken);
        var pages = _client.CompleteChatStreamingAsync(OpenAiRequest.Messages(request, _model), OpenAiRequest.Options(request, _model, _provider.Api), waits.Token)
            .GetRawPagesAsync().GetAsyncEnumerator(waits.Token);
        await using (pages.ConfigureAwait(false))
        {
            await waits.WaitAsync(pages.MoveNextAsync).ConfigureAwait(false); // All of the stream is one page.
            using var response = pages.Current.GetRawResponse();
            var answer = new StreamedAnswer(request.Messages.Count);
            var events = SseParser.Create(response.ContentStream!).EnumerateAsync(waits.Token).GetAsyncEnumerator(waits.Token);
            await using (events.ConfigureAwait(false))
            {
                while (await waits.WaitAsync(events.MoveNextAsync).ConfigureAwait(false) && events.Current.Data != EndOfStream)
                {
                    foreach (var chunk in answer.Take(events.Current.Data))
                        yield return chunk;
                }
            }

            foreach (var chunk in answer.Complete())
                yield return chunk;
        }
    }

    /// <summary>For servers that want no key: no Authorization header.</summary>
    private sealed class NoAuthentication : AuthenticationPolicy
    {
        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) => ProcessNext(message, pipeline, currentIndex);

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex) => ProcessNextAsync(message, pipeline, currentIndex);
    }

    /// <summary>Adds the headers of the configuration.</summary>
    private sealed class HeaderPolicy(IReadOnlyList<IReadOnlyDictionary<string, string>> headers) : PipelinePolicy
    {
        public override void Process(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            Add(message.Request.Headers);
            ProcessNext(message, pipeline, currentIndex);
        }

        public override ValueTask ProcessAsync(PipelineMessage message, IReadOnlyList<PipelinePolicy> pipeline, int currentIndex)
        {
            Add(message.Request.Headers);
            return ProcessNextAsync(message, pipeline, currentIndex);
        }

        private void Add(PipelineRequestHeaders request)
        {
            request.Set("Accept", "text/event-stream");
            foreach (var (name, value) in headers.SelectMany(static h => h))
                request.Set(name, value);
        }
    }
}
