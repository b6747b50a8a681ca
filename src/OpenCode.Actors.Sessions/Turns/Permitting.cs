using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Parts;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Snapshots;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Turns;

/// <summary>Has a tool call run when all it needs is allowed. What needs the user is asked for one after the other, as the real server does.</summary>
internal static class Permitting
{
    /// <summary>Takes a new call: it starts, waits for the user, or is refused at once. What any rule denies is not asked about.</summary>
    public static void Permit(Decision decision, ToolPart part, ToolCall call)
    {
        var wanted = NeedsOf(decision, call);
        if (wanted.FirstOrDefault(permission => TurnRules.Evaluate(decision, permission) == PermissionAction.Deny) is { } denied)
            Tooling.Fail(decision, part with { State = new ToolPending(call.Input, "") }, Denied(denied));
        else if (Next(decision, wanted) is { } next)
        {
            Ask(decision, next, part);
            Tooling.Run(decision, part, call);
        }
        else
            Tooling.Start(decision, Tooling.Run(decision, part, call), wanted);
    }

    /// <summary>Goes on with a call that waited and whose request was granted: the next permission it needs is asked for, or it starts.</summary>
    public static void GoOn(Decision decision, ToolPart part, PermissionRequest granted)
    {
        var wanted = NeedsOf(decision, part);

        // What was granted, and what came before it. Where the call needs something else by now, it begins anew.
        var done = wanted.ToList().FindIndex(permission => IsFor(permission, granted));
        var left = wanted.Skip(done + 1).ToList();
        if (left.Find(permission => TurnRules.Evaluate(decision, permission) == PermissionAction.Deny) is { } denied)
            Tooling.Fail(decision, part, Denied(denied));
        else if (Next(decision, left) is { } next)
            Ask(decision, next, part);
        else
            Tooling.Start(decision, part, wanted);
    }

    /// <summary>Tells whether the rules allow by now what a request asks for.</summary>
    public static bool IsAllowed(Decision decision, ToolPart part, PermissionRequest request) =>
        NeedsOf(decision, part).FirstOrDefault(permission => IsFor(permission, request)) is { } wanted && TurnRules.Evaluate(decision, wanted) == PermissionAction.Allow;

    private static bool IsFor(ToolPermission permission, PermissionRequest request) =>
        permission.Permission == request.Permission && permission.Patterns.SequenceEqual(request.Patterns, StringComparer.Ordinal);

    private static IReadOnlyList<ToolPermission> NeedsOf(Decision decision, ToolPart part) => NeedsOf(decision, new ToolCall(part.CallId, part.Tool, part.State.Input));

    /// <summary>Gives what a call needs.</summary>
    public static IReadOnlyList<ToolPermission> NeedsOf(Decision decision, ToolCall call)
    {
        var info = decision.Info;
        return decision.Setup.Toolbox.NeedsOf(call, new ToolLocation(info.Directory, SnapshotPlace.RootOf(info), decision.Setup.Paths));
    }

    private static ToolPermission? Next(Decision decision, IEnumerable<ToolPermission> wanted) =>
        wanted.FirstOrDefault(permission => TurnRules.Evaluate(decision, permission) == PermissionAction.Ask);

    private static void Ask(Decision decision, ToolPermission wanted, ToolPart part) => decision.Ask(new PermissionRequest(
        decision.Setup.Ids.NewPermission(),
        decision.Id,
        wanted.Permission,
        wanted.Patterns,
        wanted.Metadata,
        wanted.AlwaysBeyond(TurnRules.WithLearned(decision)),
        new ToolCallRef(part.MessageId, part.CallId)));

    private static string Denied(ToolPermission denied) => $"A permission rule forbids this: {denied.Permission} {string.Join(", ", denied.Patterns)}.";
}
