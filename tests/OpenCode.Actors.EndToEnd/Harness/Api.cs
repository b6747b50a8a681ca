using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace OpenCode.Actors.EndToEnd.Harness;

/// <summary>The HTTP surface as a plain client uses it; each call asserts its status.</summary>
/// <remarks>
/// A node refuses commands while its database has not answered for half a second, which happens on a busy machine. What may be sent twice (a read, a prompt with a name, a new session)
/// is sent again then, as a client does that heeds <c>Retry-After</c>; any other refusal fails the test.
/// </remarks>
internal sealed class Api : IDisposable
{
    private const string DatabaseIsLate = "The database of the cluster does not answer";

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(40);

    private readonly HttpClient _http;

    public Api(Uri root, string? password = null)
    {
        Authorization = password is null ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("opencode:" + password));
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, UseCookies = false }) { BaseAddress = root, Timeout = TimeSpan.FromMinutes(2) };
        if (Authorization is not null)
            _http.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse(Authorization);
    }

    /// <summary>Gets the value of the header that signs in, or <see langword="null"/> without a password.</summary>
    public string? Authorization { get; }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) => _http.SendAsync(request, HttpCompletionOption.ResponseContentRead);

    public async Task<JsonElement> CallAsync(
        HttpMethod method, string path, object? body = null, HttpStatusCode expected = HttpStatusCode.OK, string? directory = null, string? key = null)
    {
        var mayBeSentTwice = (method == HttpMethod.Get || key is not null) && expected != HttpStatusCode.ServiceUnavailable;
        using var response = mayBeSentTwice ? await SendWhileLateAsync(Request) : await SendAsync(Request());
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{method} {path}: {(int)response.StatusCode}, expected {(int)expected}. {text}");
        return text.Length == 0 ? default : JsonDocument.Parse(text).RootElement;

        HttpRequestMessage Request()
        {
            var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
            if (directory is not null)
                request.Headers.Add("x-opencode-directory", Uri.EscapeDataString(directory));
            if (key is not null)
                request.Headers.Add("Idempotency-Key", key);
            return request;
        }
    }

    /// <summary>Sends what may be sent twice: again, for a while, while it is refused because the database is late. Any other answer is the caller's to judge.</summary>
    public async Task<HttpResponseMessage> SendWhileLateAsync(Func<HttpRequestMessage> make)
    {
        for (var began = Stopwatch.StartNew(); ; await Task.Delay(200))
        {
            using var request = make();
            var response = await SendAsync(request);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable || began.Elapsed >= _patience
                || !(await response.Content.ReadAsStringAsync()).Contains(DatabaseIsLate, StringComparison.Ordinal))
                return response;
            response.Dispose();
        }
    }

    public Task<JsonElement> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK) => CallAsync(HttpMethod.Get, path, body: null, expected);

    public Task<JsonElement> PostAsync(string path, object? body = null, HttpStatusCode expected = HttpStatusCode.OK) => CallAsync(HttpMethod.Post, path, body, expected);

    /// <summary>Creates a session.</summary>
    /// <returns>Its id.</returns>
    public async Task<string> CreateSessionAsync(object? body = null, string? directory = null) =>
        (await CallAsync(HttpMethod.Post, "/session", body ?? new { }, directory: directory, key: NewKey())).GetProperty("id").GetString()!;

    /// <summary>Prompts without waiting for the turn.</summary>
    public Task PromptAsync(string session, string text, object? model = null) =>
        CallAsync(HttpMethod.Post, $"/session/{session}/prompt_async", Prompt(text, model), HttpStatusCode.NoContent, key: NewKey());

    /// <summary>Prompts and waits for the turn.</summary>
    /// <returns>The assistant's message, <c>{info, parts}</c>.</returns>
    public Task<JsonElement> AskAsync(string session, string text, object? model = null) =>
        CallAsync(HttpMethod.Post, $"/session/{session}/message", Prompt(text, model), key: NewKey());

    public async Task<IReadOnlyList<JsonElement>> MessagesAsync(string session) => [.. (await GetAsync($"/session/{session}/message")).EnumerateArray()];

    /// <summary>Reads the status of a session: <c>idle</c> when it is not listed.</summary>
    public async Task<string> StatusAsync(string session) =>
        (await GetAsync("/session/status")).TryGetProperty(session, out var status) ? status.GetProperty("type").GetString()! : "idle";

    public Task IdleAsync(string session, TimeSpan? limit = null) =>
        Eventually.TrueAsync(async () => await StatusAsync(session) == "idle", $"{session} idle", limit);

    /// <summary>Publishes a volatile event from outside, as editors do.</summary>
    public Task PublishToastAsync(string message) =>
        PostAsync("/tui/publish", new { type = "tui.toast.show", properties = new { message, variant = "info" } });

    public void Dispose() => _http.Dispose();

    private static string NewKey() => Guid.NewGuid().ToString("N");

    private static object Prompt(string text, object? model)
    {
        var parts = new[] { new { type = "text", text } };
        return model is null ? new { parts } : new { parts, model };
    }
}
