using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenCode.Actors.Protocol.Converters;

/// <summary>An enumeration as its lower-case name; numbers are refused.</summary>
/// <typeparam name="T">The enumeration.</typeparam>
public sealed class WireEnumConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
