using System.Text.Json.Serialization;
using OpenCode.Actors.Protocol.Converters;
using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Protocol.Requests;

/// <summary>Body of <c>POST /permission/{id}/reply</c>.</summary>
/// <param name="Reply">The answer.</param>
/// <param name="Message">With a rejection: what to do instead; the turn then goes on.</param>
public sealed record PermissionReply(PermissionAnswer Reply, string? Message = null);

/// <summary>Body of <c>POST /session/{id}/permissions/{id}</c>.</summary>
/// <param name="Response">The answer.</param>
public sealed record SessionPermissionReply(PermissionAnswer Response);

/// <summary>Body of <c>POST /question/{id}/reply</c>.</summary>
/// <param name="Answers">For each question the labels chosen, or the user's own words.</param>
public sealed record QuestionReply(IReadOnlyList<IReadOnlyList<string>> Answers) : IJsonOnDeserialized
{
    void IJsonOnDeserialized.OnDeserialized()
    {
        ListElements.RefuseNull(Answers, "answers");
        foreach (var answer in Answers)
            ListElements.RefuseNull(answer, "answers");
    }
}
