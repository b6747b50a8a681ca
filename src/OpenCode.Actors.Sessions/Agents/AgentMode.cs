using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Converters;

namespace OpenCode.Actors.Sessions.Agents;

/// <summary>Whether users choose an agent, other agents call it, or both.</summary>
[JsonConverter(typeof(WireEnumConverter<AgentMode>))]
internal enum AgentMode
{
    /// <summary>Users choose it, by a prompt.</summary>
    Primary,

    /// <summary>Other agents call it, by the tool <c>task</c>.</summary>
    Subagent,

    /// <summary>Both.</summary>
    All,
}
