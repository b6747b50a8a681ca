using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenCode.Actors.Protocol.Json;

/// <summary>An enumeration as its lower-case name; numbers are refused.</summary>
internal sealed class WireEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
