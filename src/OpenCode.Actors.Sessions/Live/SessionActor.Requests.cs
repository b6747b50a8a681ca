using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions.Live;

/// <content>The user's answers to permissions and questions: each is taken once (RULES C5).</content>
internal sealed partial class SessionActor
{
    private void OnReplyPermission(ReplyPermission message)
    {
        if (IsPutOff(message) || IsGone() || IsQuiescing())
            return;

        if (_state.Permissions.Find(request => request.Id == message.RequestId) is not { } request)
            Decline(new PermissionNotFound(message.RequestId));
        else
            Answer(decision => Answering.Permission(decision, request, message.Answer, message.Feedback));
    }

    private void OnAnswerQuestion(IRequestReply message, QuestionId requestId, IReadOnlyList<IReadOnlyList<string>>? answers)
    {
        if (IsPutOff(message) || IsGone() || IsQuiescing())
            return;

        if (_state.Questions.Find(request => request.Id == requestId) is not { } request)
            Decline(new QuestionNotFound(requestId));
        else
            Answer(decision => Answering.Question(decision, request, answers));
    }

    private void Answer(Action<Decision> answer) => Decide(decision =>
    {
        answer(decision);
        return new Outcome(OutcomeKind.Answered);
    });
}
