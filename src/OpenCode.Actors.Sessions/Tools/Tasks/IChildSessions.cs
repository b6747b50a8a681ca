using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Sessions.Agents;

namespace OpenCode.Actors.Sessions.Tools.Tasks;

/// <summary>The door from a tool to the sessions of this server: children, which work for the session that calls the tool.</summary>
internal interface IChildSessions
{
    /// <summary>Returns the agents of a location that may work in a child.</summary>
    IReadOnlyList<Agent> AgentsOf(string directory);

    /// <summary>Makes a child, or finds the one that an earlier call made, or this one in an earlier life of the server.</summary>
    /// <exception cref="ToolRefusedException">There is no such agent or child, or none could be made.</exception>
    Task<Child> OpenAsync(TaskInput input, ToolContext context);

    /// <summary>Prompts a child, unless it has that prompt already, and waits for the end of its turn.</summary>
    /// <returns>The last text of its answer.</returns>
    /// <exception cref="ToolRefusedException">It gave no answer. Where it is not known whether it would give one, its turn was ended before.</exception>
    Task<string> AskAsync(Child child, string prompt);

    /// <summary>True if the turn of a child is open and only waits for its user.</summary>
    Task<bool> IsWaitingAsync(Child child);

    /// <summary>Ends the turn of a child.</summary>
    Task AbortAsync(Child child);
}

/// <summary>A child session.</summary>
/// <param name="Id">The session.</param>
/// <param name="Agent">The agent that works in it.</param>
/// <param name="Model">The model; null for the agent's or the session's own.</param>
/// <param name="Prompt">The id of the message that the call prompts it with.</param>
internal sealed record Child(SessionId Id, string Agent, ModelRef? Model, MessageId Prompt);
