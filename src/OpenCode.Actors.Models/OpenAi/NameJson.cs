using System.Text.Json.Serialization;

namespace OpenCode.Actors.Models.OpenAi;

/// <summary>Names as JSON strings, without reflection.</summary>
[JsonSerializable(typeof(string))]
internal sealed partial class NameJson : JsonSerializerContext;
