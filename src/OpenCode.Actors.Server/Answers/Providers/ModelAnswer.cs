using System.Collections.ObjectModel;
using System.Text.Json.Serialization;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Server.Answers.Providers;

/// <summary>A model as clients list it.</summary>
internal sealed record ModelAnswer(
    string Id,
    [property: JsonPropertyName("providerID")] string ProviderId,
    ModelAnswer.ModelApi Api,
    string Name,
    string Family,
    ModelAnswer.ModelCapabilities Capabilities,
    ModelAnswer.ModelCost Cost,
    ModelAnswer.ModelLimit Limit,
    string Status,
    IReadOnlyDictionary<string, string> Options,
    IReadOnlyDictionary<string, string> Headers,
    [property: JsonPropertyName("release_date")] string ReleaseDate,
    IReadOnlyDictionary<string, string> Variants)
{
    /// <summary>The TUI divides by the window, and ends at the first answer of a model that has none.</summary>
    private static readonly ModelLimit _unknownLimit = new(128_000, 8_192);

    private static readonly ModelMedia _text = new(Text: true, Audio: false, Image: false, Video: false, Pdf: false);

    public static IReadOnlyDictionary<string, string> Nothing { get; } = ReadOnlyDictionary<string, string>.Empty;

    public static ModelAnswer Of(string providerId, ModelInfo model) => new(
        model.Id, providerId, new ModelApi(model.Id, "", "@ai-sdk/openai-compatible"), model.Name, "",
        new ModelCapabilities(Temperature: false, Reasoning: false, Attachment: false, Toolcall: true, _text, _text, Interleaved: false),
        new ModelCost(0, 0, new ModelCost.CacheCost(0, 0)), _unknownLimit, "active", Nothing, Nothing, "", Nothing);

    internal sealed record ModelApi(string Id, string Url, string Npm);

    internal sealed record ModelCapabilities(bool Temperature, bool Reasoning, bool Attachment, bool Toolcall, ModelMedia Input, ModelMedia Output, bool Interleaved);

    internal sealed record ModelMedia(bool Text, bool Audio, bool Image, bool Video, bool Pdf);

    internal sealed record ModelCost(decimal Input, decimal Output, ModelCost.CacheCost Cache)
    {
        internal sealed record CacheCost(decimal Read, decimal Write);
    }

    internal sealed record ModelLimit(long Context, long Output);
}
