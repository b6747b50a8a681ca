using System.Text.Json.Serialization;

namespace OpenCode.Actors.Sessions.Tools.WebFetch;

/// <summary>What a user is shown who is asked about a page.</summary>
internal sealed record WebFetchQuestion(string Url, string Format, int? Timeout);

/// <summary>JSON of that.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(WebFetchQuestion))]
internal sealed partial class WebFetchJson : JsonSerializerContext;
