using OpenCode.Actors.Protocol.Events;
using OpenCode.Actors.Protocol.Permissions;

namespace OpenCode.Actors.Sessions.State;

/// <content>Permissions and questions that wait for an answer: state from the moment they are asked (rule "Waiting turns stay open").</content>
internal sealed partial class Decision
{
    /// <summary>Asks for a permission.</summary>
    public void Ask(PermissionRequest request)
    {
        State = State with { Permissions = State.Permissions.Add(request) };
        Emit(request);
        Put(Rows.Permission, request.Id.Value, request, _wire.PermissionRequest);
    }

    /// <summary>Asks a question.</summary>
    public void Ask(QuestionRequest request)
    {
        State = State with { Questions = State.Questions.Add(request) };
        Emit(request);
        Put(Rows.Question, request.Id.Value, request, _wire.QuestionRequest);
    }

    /// <summary>Answers a permission, or withdraws it with a reject.</summary>
    public void Answer(PermissionRequest request, PermissionAnswer answer)
    {
        State = State with { Permissions = State.Permissions.RemoveAll(other => other.Id == request.Id) };
        Emit(new PermissionReplied(Id, request.Id, answer));
        Drop(Rows.Permission, request.Id.Value);
    }

    /// <summary>Answers a question; null dismisses or withdraws it.</summary>
    public void Answer(QuestionRequest request, IReadOnlyList<IReadOnlyList<string>>? answers)
    {
        State = State with { Questions = State.Questions.RemoveAll(other => other.Id == request.Id) };
        Emit(answers is null ? new QuestionRejected(Id, request.Id) : new QuestionReplied(Id, request.Id, answers));
        Drop(Rows.Question, request.Id.Value);
    }

    /// <summary>Remembers a rule for this location.</summary>
    public void Remember(PermissionRule rule)
    {
        if (State.Remembered.Contains(rule))
            return;

        Put(Rows.Remember, Number(State.Remembered.Count), rule, _wire.PermissionRule);
        State = State with { Remembered = State.Remembered.Add(rule) };
    }
}
