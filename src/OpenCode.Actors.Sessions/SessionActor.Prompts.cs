using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Messages;
using OpenCode.Actors.Sessions.State;
using OpenCode.Actors.Sessions.Turns;

namespace OpenCode.Actors.Sessions;

/// <content>Prompts and commands.</content>
internal sealed partial class SessionActor
{
    private static readonly TimeSpan _retryPromptAfter = TimeSpan.FromSeconds(5);

    private void OnPrompt(Prompt message)
    {
        if (IsPutOff(message) || IsGone() || IsRepeated(message.Request.MessageId, message.Key) || IsQuiescing())
            return;

        CloseBroken();
        if (message.Request.NoReply != true && _state.Turn is { } turn && turn.Queued >= _setup.Options.MaxQueuedPrompts)
            Decline(new TooManyPrompts(_setup.Options.MaxQueuedPrompts, _retryPromptAfter));
        else if ((Prompting.Mistake(_state, message.Request) ?? FaultOfModels(message.Request)) is { } mistake)
            Decline(new PromptRejected(mistake));
        else
            Accept(decision => Prompting.Take(decision, message.Request), message.Key);
    }

    // Also while the session is busy: the mistake is answered to the user, who can correct it, and does not fail a later step. Without a reply no model is called.
    private string? FaultOfModels(Protocol.Requests.Prompt request) => request.NoReply == true ? null : _setup.Models.For(_state.Info!.Directory).Fault;

    private void OnRunShell(RunShell message)
    {
        if (IsPutOff(message) || IsGone() || IsRepeated(message.Request.MessageId, message.Key) || IsQuiescing())
            return;

        CloseBroken();
        if (_state.Turn is not null)
            Decline(new PromptRejected("The session is busy: wait until it is idle, or abort it, then run the command."));
        else
            Accept(decision => Shelling.Take(decision, message.Request), message.Key);
    }

    private void Accept(Func<Decision, MessageId> take, string? key)
    {
        Decide(
            decision =>
            {
                var taken = take(decision);
                if (key is not null)
                    decision.Remember(key, taken);
                return new Outcome(OutcomeKind.Accepted, taken);
            },
            committed: _setup.Metrics.PromptTaken);
    }

    // The first name of a command wins: its answer is that of the first time (DESIGN: idempotent).
    private bool IsRepeated(MessageId? messageId, string? key)
    {
        MessageId? earlier = key is not null && _state.Keys.TryGetValue(key, out var byKey) ? byKey : null;
        if (earlier is null && messageId is { } named && _state.Message(named) is { } known)
        {
            if (known.Info is not UserMessage)
            {
                Decline(new PromptRejected($"The message {named} is not a prompt: choose another messageID."));
                return true;
            }

            earlier = named;
        }

        if (earlier is not { } id)
            return false;

        Repeat(new Outcome(OutcomeKind.Accepted, id));
        return true;
    }

    // Whether the turn is open is told as of the offset: more than this may be in its batch.
    private Accepted Acceptance(SessionState decided, MessageId id, long offset) => new(
        decided.View(decided.Message(id)!), new TurnId(id.Value), offset, decided.Failures.GetValueOrDefault(id), _committed.IsOpen(new TurnId(id.Value)));
}
