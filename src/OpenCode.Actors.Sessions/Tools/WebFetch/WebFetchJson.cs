using System.Text.Json.Serialization;

namespace OpenCode.Actors.Sessions.Tools.WebFetch;

/// <summary>The metadata of a permission request for a page.</summary>
internal sealed record WebFetchQuestion(string Url, string Format, int? Timeout);

/// <summary>JSON of that.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebFetchQuestion))]
internal sealed partial class WebFetchJson : JsonSerializerContext;
