using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions;

/// <content>The user's answers to permissions and questions: each is taken once (RULES C5).</content>
internal sealed partial class SessionActor
{
    private void OnReplyPermission(ReplyPermission message)
    {
        if (IsPutOff(message) || IsMissing() || IsQuiescing())
            return;

        if (_state.Permissions.Find(request => request.Id == message.RequestId) is not { } request)
            Sender.Tell(new PermissionNotFound(message.RequestId));
        else
            Decide(decision => Answering.Permission(decision, request, message.Answer, message.Feedback), static (_, offset) => new RequestAnswered(offset));
    }

    private void OnAnswerQuestion(IRequestReply message, QuestionId requestId, IReadOnlyList<IReadOnlyList<string>>? answers)
    {
        if (IsPutOff(message) || IsMissing() || IsQuiescing())
            return;

        if (_state.Questions.Find(request => request.Id == requestId) is not { } request)
            Sender.Tell(new QuestionNotFound(requestId));
        else
            Decide(decision => Answering.Question(decision, request, answers), static (_, offset) => new RequestAnswered(offset));
    }
}
