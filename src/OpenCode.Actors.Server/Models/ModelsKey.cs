using System.Globalization;
using System.Text.Json;
using OpenCode.Actors.Models;
using OpenCode.Actors.Models.Providers;
using OpenCode.Actors.Sessions.Models;

namespace OpenCode.Actors.Server.Models;

/// <summary>Makes equal texts for equal options, which are compared by value.</summary>
internal static class ModelsKey
{
    public static string Of(ModelsOptions options) => string.Join('\n', options.Providers.SelectMany(Of).Concat(options.Unconnected).Concat(options.Faults.SelectMany(static fault => new[] { fault.Key, fault.Value })).Prepend($"{options.DefaultModel}").Prepend($"{options.SmallModel}"));

    private static IEnumerable<string?> Of(ProviderOptions provider) =>
        [provider.Id, provider.Api.ToString(), provider.Name, provider.BaseUrl, provider.ApiKey, provider.Timeout.ToString(), provider.Source, provider.Fault, .. Of(provider.Headers), .. provider.Models.SelectMany(Of), "/"];

    private static IEnumerable<string?> Of(ModelInfo model) =>
    [
        model.Id, model.Name, model.ApiId, model.Family, model.ReleaseDate, model.Limit.ToString(), model.Price.ToString(), Of(model.Capabilities),
        .. Of(model.Headers), .. Of(model.Options), .. model.Variants.SelectMany(static variant => Of(variant.Value).Prepend(variant.Key)), ".",
    ];

    private static string Of(ModelCapabilities can) => string.Create(
        CultureInfo.InvariantCulture, $"{can.Temperature}{can.Reasoning}{can.Attachment}{can.ToolCall}{can.ReasoningField} {string.Join(',', can.Input)} {string.Join(',', can.Output)}");

    private static IEnumerable<string> Of(IReadOnlyDictionary<string, string> headers) => headers.SelectMany(static header => new[] { header.Key, header.Value }).Append("-");

    private static IEnumerable<string> Of(IReadOnlyDictionary<string, JsonElement> options) => options.SelectMany(static option => new[] { option.Key, option.Value.GetRawText() }).Append("-");
}
