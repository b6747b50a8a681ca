using System.Globalization;
using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.State;

/// <summary>The changes of a decision to pending permissions and questions, which are state from their first event on (rule "Waiting turns stay open").</summary>
internal static class RequestChanges
{
    /// <summary>Requests a permission.</summary>
    public static void Ask(this Decision decision, PermissionRequest request)
    {
        decision.State = decision.State with { Permissions = decision.State.Permissions.Add(request) };
        decision.Emit(request);
        decision.Put(Rows.Permission, request.Id.Value, request, ProtocolJson.Wire.PermissionRequest);
    }

    /// <summary>Asks a question.</summary>
    public static void Ask(this Decision decision, QuestionRequest request)
    {
        decision.State = decision.State with { Questions = decision.State.Questions.Add(request) };
        decision.Emit(request);
        decision.Put(Rows.Question, request.Id.Value, request, ProtocolJson.Wire.QuestionRequest);
    }

    /// <summary>Answers a permission, or withdraws it with a reject.</summary>
    public static void Answer(this Decision decision, PermissionRequest request, PermissionAnswer answer)
    {
        decision.State = decision.State with { Permissions = decision.State.Permissions.RemoveAll(other => other.Id == request.Id) };
        decision.Emit(new PermissionReplied(decision.Id, request.Id, answer));
        decision.Drop(Rows.Permission, request.Id.Value);
    }

    /// <summary>Answers a question; null dismisses or withdraws it.</summary>
    public static void Answer(this Decision decision, QuestionRequest request, IReadOnlyList<IReadOnlyList<string>>? answers)
    {
        decision.State = decision.State with { Questions = decision.State.Questions.RemoveAll(other => other.Id == request.Id) };
        decision.Emit(answers is null ? new QuestionRejected(decision.Id, request.Id) : new QuestionReplied(decision.Id, request.Id, answers));
        decision.Drop(Rows.Question, request.Id.Value);
    }

    /// <summary>Stores a rule for this location.</summary>
    public static void Remember(this Decision decision, PermissionRule rule)
    {
        var timeline = decision.Setup.Journal.Timeline;
        var known = decision.State.Learned;
        if (known.Values.Any(learned => learned.Rule == rule && learned.HoldsIn(timeline)))
            return;

        // A row of a rule that holds no more is written over.
        var number = 0;
        while (known.TryGetValue(Key(number), out var learned) && learned.HoldsIn(timeline))
            number++;
        decision.Put(Rows.Remember, Key(number), rule, ProtocolJson.Wire.PermissionRule);
        decision.State = decision.State with { Learned = known.SetItem(Key(number), new LearnedRule(rule, timeline.Beginning + 1)) };

        static string Key(int number) => number.ToString(CultureInfo.InvariantCulture);
    }
}
