using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Server.Cluster;
using OpenCode.Actors.Server.Sse;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Reads;

namespace OpenCode.Actors.Server.Endpoints;

/// <summary>Waits until a turn is over and the streams of its location have had its events, then answers with its last message.</summary>
/// <remarks>Rule "Order barrier": clients such as <c>run --attach</c> leave their stream when this answer comes. A client that disconnects ends the wait, never the turn.</remarks>
internal sealed class TurnEnds(ISessions sessions, FlushBarrier flushed, TimeProvider time, DrainingWaits? draining = null)
{
    /// <summary>Makes an answer that waits for the end of a turn as it is executed, or one of a refusal.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="answer">The session's answer to the prompt.</param>
    public IResult AnswerOf(SessionId sessionId, object answer) => Of(sessionId, answer, isBare: false);

    /// <summary>Makes an answer that waits in the same way, and holds only <c>true</c>.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="answer">The session's answer to the command.</param>
    public IResult DoneOf(SessionId sessionId, object answer) => Of(sessionId, answer, isBare: true);

    private IResult Of(SessionId sessionId, object answer, bool isBare) => answer switch
    {
        PromptAccepted { Error: { } error } => Refusals.BadBody(error.Data.Message ?? error.Name),
        PromptAccepted accepted => new WaitingAnswer(cancellationToken => EndAsync(sessionId, accepted, cancellationToken), time) { IsBare = isBare },
        _ => SessionRefusals.Of(answer),
    };

    private async Task<object> EndAsync(SessionId sessionId, PromptAccepted accepted, CancellationToken cancellationToken)
    {
        var end = await AwaitAsync(sessionId, accepted, cancellationToken);
        if (end is TurnEnded ended)
            await flushed.WaitAsync(ended.Directory, ended.Offset, cancellationToken);

        return end;
    }

    private Task<object> AwaitAsync(SessionId sessionId, PromptAccepted accepted, CancellationToken cancellationToken)
    {
        return draining is null ? WaitAsync(cancellationToken) : draining.AwaitTurnAsync(sessionId, WaitAsync, cancellationToken);

        Task<object> WaitAsync(CancellationToken given) => sessions.AwaitTurnAsync(sessionId, accepted.Turn, accepted.IsOpen ? accepted.Offset : null, given);
    }
}
