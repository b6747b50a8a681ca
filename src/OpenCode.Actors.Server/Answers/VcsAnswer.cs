using System.Text.Json.Serialization;

namespace OpenCode.Actors.Server.Answers;

/// <summary>Answer of <c>GET /vcs</c>.</summary>
/// <param name="Branch">The branch that is checked out; null for none.</param>
/// <param name="DefaultBranch">The branch that others begin from; null when it is not known.</param>
internal sealed record VcsAnswer(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Branch,
    [property: JsonPropertyName("default_branch"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? DefaultBranch);

/// <summary>A changed file, as <c>GET /file/status</c> lists it.</summary>
internal sealed record FileStatus(string Path, int Added, int Removed, string Status);
