using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Starts a tool call when all permissions that it needs are granted. Requests to the user come one after the other, as in opencode.</summary>
internal static class Permitting
{
    /// <summary>Takes a new call: it starts, waits for the user, or is refused at once. A call that any rule denies makes no request.</summary>
    public static void Permit(Decision decision, ToolPart part, ToolCall call)
    {
        part = part with { State = new ToolPending(call.Input, "") };
        Proceed(decision, part, NeedsOf(decision, part), granted: []);
    }

    /// <summary>Continues a call whose request was granted: requests the next permission that it needs, or starts it.</summary>
    public static void Continue(Decision decision, ToolPart part, PermissionRequest granted)
    {
        var wanted = NeedsOf(decision, part);

        // Permissions up to the granted one need no request. If the call now needs others, its requests begin again.
        var done = wanted.FindIndex(permission => permission.Key == KeyOf(granted));
        Proceed(decision, part, wanted, [.. GrantsOf(decision, part), .. wanted.Take(done + 1).Select(static permission => permission.Key)]);
    }

    /// <summary>Continues a call that was about to start when its turn was held. It is judged again, since rules and links may have changed; grants of the user still count.</summary>
    public static void Continue(Decision decision, ToolPart part) => Proceed(decision, part, NeedsOf(decision, part), GrantsOf(decision, part));

    /// <summary>Returns the grants of the user to a call that is about to start: permissions for which the rules say ask.</summary>
    public static IEnumerable<Grant> GrantedTo(Decision decision, string callId, IEnumerable<ToolPermission> allowed)
    {
        var rules = TurnRules.InForce(decision);
        return allowed.Where(permission => rules.Evaluate(permission) == PermissionAction.Ask).Select(permission => new Grant(callId, permission.Permission, permission.Patterns));
    }

    /// <summary>True if the rules now allow what a request is about.</summary>
    public static bool IsAllowed(Decision decision, ToolPart part, PermissionRequest request) =>
        NeedsOf(decision, part).Find(permission => permission.Key == KeyOf(request)) is { } wanted && TurnRules.InForce(decision).Evaluate(wanted) == PermissionAction.Allow;

    // A denial also holds for granted permissions: the rules have changed since.
    private static void Proceed(Decision decision, ToolPart part, List<ToolPermission> wanted, List<string> granted)
    {
        var rules = TurnRules.InForce(decision);
        var judged = wanted.ConvertAll(permission => (Permission: permission, Action: rules.Evaluate(permission)));
        if (judged.Find(static need => need.Action == PermissionAction.Deny).Permission is { } denied)
        {
            ToolCalling.Fail(decision, part, $"A permission rule forbids this: {denied.Permission} {string.Join(", ", denied.Patterns)}.");
        }
        else if (judged.Find(need => need.Action == PermissionAction.Ask && !granted.Contains(need.Permission.Key)).Permission is { } next)
        {
            decision.Ask(new PermissionRequest(
                decision.Setup.Ids.NewPermission(), decision.Id, next.Permission, next.Patterns, next.Metadata(), rules.AlwaysBeyond(next), new ToolCallRef(part.MessageId, part.CallId)));
            Run(decision, part);
        }
        else
        {
            ToolCalling.Start(decision, Run(decision, part), wanted);
        }
    }

    private static List<string> GrantsOf(Decision decision, ToolPart part) =>
        [.. decision.Turn.Granted.Where(grant => grant.CallId == part.CallId).Select(static grant => ToolPermission.KeyOf(grant.Permission, grant.Patterns))];

    private static ToolPart Run(Decision decision, ToolPart part) => part.State is ToolPending ? ToolCalling.Run(decision, part, CallOf(part)) : part;

    private static string KeyOf(PermissionRequest request) => ToolPermission.KeyOf(request.Permission, request.Patterns);

    private static ToolCall CallOf(ToolPart part) => new(part.CallId, part.Tool, part.State.Input);

    // The request for a repeated call comes first, and is its only one.
    private static List<ToolPermission> NeedsOf(Decision decision, ToolPart part)
    {
        var info = decision.Info;
        var needs = decision.Setup.Toolbox.NeedsOf(CallOf(part), new ToolLocation(info.Directory, SnapshotPlace.RootOf(info), decision.Setup.Paths));
        return LoopDetection.NeedOf(decision, part) is { } loop ? [loop, .. needs] : [.. needs];
    }
}
