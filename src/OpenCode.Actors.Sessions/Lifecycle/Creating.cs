using System.Globalization;
using OpenCode.Actors.Protocol;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Lifecycle;

/// <summary>Makes sessions.</summary>
internal static class Creating
{
    /// <summary>Decides a creation. The id is new.</summary>
    public static Outcome Decide(Decision decision, Create command)
    {
        var (place, request) = command;
        var created = decision.Setup.Time.GetUtcNow();
        var kind = request.ParentId is null ? "New" : "Child";
        var title = request.Title ?? string.Create(CultureInfo.InvariantCulture, $"{kind} session - {created.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ}");
        decision.Create(new Session(
            decision.Id, Slugs.Create(decision.Setup.Entropy.Fill), place.ProjectId, place.Directory, title, OpenCodeVersion.Value, new SessionTime(decision.Now, decision.Now))
        {
            Path = place.Path,
            ParentId = request.ParentId,
            Agent = request.Agent,
            Model = request.Model,
            Permission = request.Permission,
        });
        return new Outcome(OutcomeKind.Created);
    }
}
