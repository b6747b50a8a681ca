using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Server.Answers;

/// <summary>An agent as clients list it.</summary>
/// <param name="Name">What prompts name.</param>
/// <param name="Description">For people.</param>
/// <param name="Mode"><c>primary</c>, <c>subagent</c> or <c>all</c>.</param>
/// <param name="Native">Whether it comes with the server.</param>
/// <param name="Permission">The rules that hold for it.</param>
/// <param name="Options">Of the model: none.</param>
internal sealed record Agent(
    string Name, string Description, string Mode, bool Native, IReadOnlyList<PermissionRule> Permission, IReadOnlyDictionary<string, string> Options);
