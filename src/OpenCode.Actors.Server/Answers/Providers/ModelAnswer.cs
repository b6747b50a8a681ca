using System.Collections.ObjectModel;
using System.Text.Json;
using System.Text.Json.Serialization;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Server.Answers.Providers;

/// <summary>A model as clients list it.</summary>
internal sealed record ModelAnswer(
    string Id,
    [property: JsonPropertyName("providerID")] string ProviderId,
    ModelAnswer.ModelApi Api,
    string Name,
    string Family,
    ModelAnswer.Abilities Capabilities,
    ModelAnswer.ModelCost Cost,
    ModelAnswer.Limits Limit,
    string Status,
    IReadOnlyDictionary<string, JsonElement> Options,
    IReadOnlyDictionary<string, string> Headers,
    [property: JsonPropertyName("release_date")] string ReleaseDate,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, JsonElement>> Variants)
{
    /// <summary>The TUI divides by the window, and ends at the first answer of a model that has none.</summary>
    private const long UnknownContext = 128_000;

    public static IReadOnlyDictionary<string, string> Nothing { get; } = ReadOnlyDictionary<string, string>.Empty;

    public static ModelAnswer Of(ProviderInfo provider, ModelInfo model, IReadOnlySet<string> referenced) => new(
        model.Id, provider.Id, new ModelApi(model.ApiId ?? model.Id, "", provider.Npm.Length > 0 ? provider.Npm : "@ai-sdk/openai-compatible"), model.Name, model.Family,
        Of(model.Capabilities), Of(model.Price), new Limits(model.Limit.Context > 0 ? model.Limit.Context : UnknownContext, model.Limit.Answer), "active",
        PublicOptions.Of(model.Options, referenced), Nothing, model.ReleaseDate, model.Variants.ToDictionary(static variant => variant.Key, variant => PublicOptions.Of(variant.Value, referenced), StringComparer.Ordinal)); // The headers are not told: they may hold secrets.

    private static Abilities Of(ModelCapabilities can) => new(can.Temperature, can.Reasoning, can.Attachment, can.ToolCall, Of(can.Input), Of(can.Output), Interleaved: false);

    private static Media Of(IReadOnlyList<string> media) => new(Has(media, "text"), Has(media, "audio"), Has(media, "image"), Has(media, "video"), Has(media, "pdf"));

    private static bool Has(IReadOnlyList<string> media, string kind) => media.Contains(kind, StringComparer.Ordinal);

    private static ModelCost Of(ModelPrice price) => new(price.Input, price.Output, new ModelCost.CacheCost(price.CacheRead, price.CacheWrite));

    internal sealed record ModelApi(string Id, string Url, string Npm);

    internal sealed record Abilities(bool Temperature, bool Reasoning, bool Attachment, bool Toolcall, Media Input, Media Output, bool Interleaved);

    internal sealed record Media(bool Text, bool Audio, bool Image, bool Video, bool Pdf);

    internal sealed record ModelCost(decimal Input, decimal Output, ModelCost.CacheCost Cache)
    {
        internal sealed record CacheCost(decimal Read, decimal Write);
    }

    internal sealed record Limits(long Context, long Output);
}
