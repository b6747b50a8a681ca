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
    /// <summary>Makes an answer that waits for the end of a turn as it is executed.</summary>
    /// <param name="sessionId">The session.</param>
    /// <param name="accepted">What the prompt came to.</param>
    /// <param name="then">What is told of the turn's last message before the answer, at which offset; null for nothing.</param>
    public IResult AnswerOf(SessionId sessionId, PromptAccepted accepted, Func<MessageId, CancellationToken, Task<long>>? then = null) =>
        new WaitingAnswer(cancellationToken => EndAsync(sessionId, accepted, then, cancellationToken), time);

    private async Task<object> EndAsync(SessionId sessionId, PromptAccepted accepted, Func<MessageId, CancellationToken, Task<long>>? then, CancellationToken cancellationToken)
    {
        var end = await AwaitAsync(sessionId, accepted, cancellationToken);
        if (end is TurnEnded ended)
        {
            var told = then is null ? 0 : await then(ended.Message.Info.Id, cancellationToken);
            await flushed.WaitAsync(ended.Directory, Math.Max(ended.Offset, told), cancellationToken);
        }

        return end;
    }

    private Task<object> AwaitAsync(SessionId sessionId, PromptAccepted accepted, CancellationToken cancellationToken)
    {
        return draining is null ? WaitAsync(cancellationToken) : draining.AwaitTurnAsync(sessionId, WaitAsync, cancellationToken);

        Task<object> WaitAsync(CancellationToken given) => sessions.AwaitTurnAsync(sessionId, accepted.Turn, accepted.IsOpen ? accepted.Offset : null, given);
    }
}
