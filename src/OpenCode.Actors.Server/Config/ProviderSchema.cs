using System.Text.Json;
using System.Text.Json.Nodes;
using OpenCode.Actors.Models.Known;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Models.Embedded;

namespace OpenCode.Actors.Server.Config;

/// <summary>Reads section <c>provider</c>. Values that it leaves out of a known provider or model stay as known.</summary>
internal static class ProviderSchema
{
    private static readonly string[] _media = ["text", "audio", "image", "video", "pdf"];

    public static List<ProviderConfig> Read(ConfigSection? providers)
    {
        var read = new List<ProviderConfig>();
        foreach (var id in providers?.Keys ?? [])
        {
            if (providers!.Section(id) is { } provider)
            {
                if (id == EmbeddedModel.ProviderId)
                    providers.Wrong(id, "this id belongs to the embedded model; choose another.");
                read.Add(Provider(id, provider));
            }
        }

        return read;
    }

    private static ProviderConfig Provider(string id, ConfigSection provider)
    {
        var known = KnownProviders.Find(id);
        var options = provider.Section("options");
        var npm = provider.Text("npm");
        var api = npm is null ? known?.Api ?? ProviderApi.OpenAiCompatible : ProviderApis.Of(npm);
        return new ProviderConfig(
            id,
            provider.Text("name") ?? known?.Name ?? id,
            BaseUrl(options),
            Filled(options?.Text("apiKey")),
            Headers(options?.Section("headers")),
            [.. Models(id, api ?? ProviderApi.OpenAiCompatible, provider.Section("models"))],
            Timeout(options))
        {
            Api = api,
            Npm = npm ?? ProviderApis.PackageOf(api ?? ProviderApi.OpenAiCompatible),
            KeyVariables = provider["env"] is null ? known?.KeyVariables ?? [] : provider.Texts("env"),
        };
    }

    private static Uri? BaseUrl(ConfigSection? options)
    {
        if (options?.Text("baseURL") is not { } text)
            return null;

        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
            return url;

        options.Wrong("baseURL", "give an absolute http or https URL.");
        return null;
    }

    // opencode takes false for "no limit"; here it is the default then.
    private static TimeSpan? Timeout(ConfigSection? options) => Wait(options, "chunkTimeout") ?? Wait(options, "timeout");

    private static TimeSpan? Wait(ConfigSection? options, string key) =>
        options?[key]?.GetValueKind() != JsonValueKind.False && options?.Whole(key, 1, int.MaxValue, "milliseconds") is { } wait
            ? TimeSpan.FromMilliseconds(wait)
            : null;

    private static string? Filled(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static Dictionary<string, string> Headers(ConfigSection? headers)
    {
        var read = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in headers?.Keys ?? [])
        {
            if (headers!.Text(name) is { } value)
                read[name] = value;
        }

        return read;
    }

    private static IEnumerable<ModelInfo> Models(string providerId, ProviderApi api, ConfigSection? models)
    {
        foreach (var id in models?.Keys ?? [])
        {
            if (models!.Section(id) is { } model)
                yield return Model(model, KnownProviders.Find(providerId, model.Text("id") ?? id) ?? new ModelInfo(id, id), id, api);
        }
    }

    private static ModelInfo Model(ConfigSection model, ModelInfo known, string id, ProviderApi api)
    {
        var can = known.Capabilities;
        var media = model.Section("modalities");
        can = new ModelCapabilities
        {
            Temperature = model.Flag("temperature") ?? can.Temperature,
            Reasoning = model.Flag("reasoning") ?? can.Reasoning,
            Attachment = model.Flag("attachment") ?? can.Attachment,
            ToolCall = model.Flag("tool_call") ?? can.ToolCall,
            Input = media?.OneOf("input", _media) ?? can.Input,
            Output = media?.OneOf("output", _media) ?? can.Output,
            ReasoningField = ReasoningField(model) ?? can.ReasoningField,
        };
        var variants = known.Variants.Count == 0 && can.Reasoning ? Efforts.Of(api) : known.Variants;
        return new ModelInfo(id, model.Text("name") ?? (known.Id == id ? known.Name : id))
        {
            ApiId = model.Text("id"),
            Family = model.Text("family") ?? known.Family,
            ReleaseDate = model.Text("release_date") ?? known.ReleaseDate,
            Limit = Limit(model.Section("limit"), known.Limit),
            Price = Price(model.Section("cost"), known.Price),
            Capabilities = can,
            Options = Json(model.Section("options")),
            Headers = Headers(model.Section("headers")),
            Variants = Variants(model.Section("variants"), variants),
        };
    }

    // true is what opencode takes for models whose answers think in the field that they are given.
    private static string? ReasoningField(ConfigSection model)
    {
        switch (model["interleaved"])
        {
            case JsonObject:
                return model.Section("interleaved")!.Text("field");
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                return model.Text("interleaved");
            default:
                return model.Flag("interleaved") == true ? "reasoning_content" : null;
        }
    }

    private static ModelLimit Limit(ConfigSection? limit, ModelLimit known) => limit is null ? known : new ModelLimit(
        limit.Whole("context", 0, int.MaxValue, "tokens") ?? known.Context,
        limit.Whole("output", 0, int.MaxValue, "tokens") ?? known.Output,
        limit.Whole("input", 0, int.MaxValue, "tokens") ?? known.Input);

    private static ModelPrice Price(ConfigSection? cost, ModelPrice known)
    {
        if (cost is null)
            return known;

        var price = new ModelPrice(
            cost.Amount("input") ?? known.Input, cost.Amount("output") ?? known.Output, cost.Amount("cache_read") ?? known.CacheRead, cost.Amount("cache_write") ?? known.CacheWrite);
        return cost.Section("context_over_200k") is { } above ? price with { Above = (200_000, Price(above, price)) } : price;
    }

    private static Dictionary<string, IReadOnlyDictionary<string, JsonElement>> Variants(
        ConfigSection? variants, IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> known)
    {
        var read = new Dictionary<string, IReadOnlyDictionary<string, JsonElement>>(known, StringComparer.Ordinal);
        foreach (var name in variants?.Keys ?? [])
        {
            if (variants!.Section(name) is not { } variant)
                continue;

            if (variant.Flag("disabled") == true)
                read.Remove(name);
            else
                read[name] = JsonObjects.Merge(read.GetValueOrDefault(name, JsonObjects.Empty), Json(variant, except: "disabled"));
        }

        return read;
    }

    private static Dictionary<string, JsonElement> Json(ConfigSection? section, string? except = null)
    {
        var read = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var key in section?.Keys.Where(key => key != except && section[key] is not null) ?? [])
            read[key] = JsonElement.Parse(section![key]!.ToJsonString());
        return read;
    }
}
