using System.Text.Json;

namespace OpenCode.Actors.Protocol.Requests;

/// <summary>Body of <c>POST /tui/publish</c>.</summary>
/// <param name="Type">The event's type.</param>
/// <param name="Properties">The event's properties: an object.</param>
public sealed record TuiPublish(string Type, JsonElement Properties);
