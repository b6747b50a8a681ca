using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Lifecycle;

/// <summary>Changes what a session says of itself.</summary>
internal static class Updating
{
    /// <summary>Decides an update. A title or archive time does not make a session newer: "updated" is about its messages.</summary>
    public static Outcome Decide(Decision decision, Update command)
    {
        var (info, request) = (decision.Info, command.Request);
        if (request.Permission is { } added && SessionRules.Mistake(info.Permission, added) is { } mistake)
            return new Outcome(OutcomeKind.Refused, Refusal: new PromptRejected(mistake));

        decision.Update(info with
        {
            Title = request.Title ?? info.Title,
            Permission = request.Permission is null ? info.Permission : SessionRules.Add(info.Permission, request.Permission),
            Time = info.Time with { Archived = request.Time?.Archived ?? info.Time.Archived },
        });
        return new Outcome(OutcomeKind.Updated);
    }
}
