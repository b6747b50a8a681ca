using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Converters;

namespace OpenCode.Actors.Sessions.Agents;

/// <summary>Who may use an agent.</summary>
[JsonConverter(typeof(WireEnumConverter<AgentMode>))]
internal enum AgentMode
{
    /// <summary>A user, by a prompt.</summary>
    Primary,

    /// <summary>Another agent, by the tool <c>task</c>.</summary>
    Subagent,

    /// <summary>Both.</summary>
    All,
}
