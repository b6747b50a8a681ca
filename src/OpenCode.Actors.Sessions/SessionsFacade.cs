using Akka.Actor;
using Akka.Hosting;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Region;

namespace OpenCode.Actors.Sessions;

/// <summary>Asks the region and the index on behalf of the endpoints. Bounds how much may be asked at the same time, and with it the mailboxes behind it.</summary>
/// <param name="region">The region of sessions.</param>
/// <param name="index">The index of sessions.</param>
/// <param name="end">The end of the actors: no ask is answered after it.</param>
/// <param name="options">Timeout and limit.</param>
/// <param name="ids">Makes the ids of new sessions.</param>
/// <param name="entropy">Names the waiters for turns.</param>
/// <param name="time">The clock of the timeout.</param>
internal sealed class SessionsFacade(
    IRequiredActor<SessionRegion> region, IRequiredActor<SessionIndexKey> index, ActorsEnd end, SessionsOptions options, IdFactory ids, IEntropy entropy, TimeProvider time) : ISessions
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);
    private static readonly Unavailable _ended = new("The server stops.", _retryAfter);

    private readonly TimeSpan _answerTimeout = TimeSpan.FromMilliseconds(options.AskTimeoutMs);
    private int _outstanding;

    /// <inheritdoc/>
    public Task<object> CreateAsync(Place place, CreateSession request, CancellationToken cancellationToken) => BoundedAsync(async () =>
    {
        if (request.ParentId is { } parent && await QueryAsync(new SessionIndexActor.Get(parent), cancellationToken) is not SessionIndexActor.Found and var refusal)
            return refusal;

        return await CommandAsync(ids.NewSession(), new SessionActor.Create(place, request), cancellationToken);
    });

    /// <inheritdoc/>
    public Task<object> AskAsync(SessionId sessionId, ISessionCommand command, CancellationToken cancellationToken) =>
        BoundedAsync(() => CommandAsync(sessionId, command, cancellationToken));

    /// <inheritdoc/>
    public Task<object> AskAsync(IIndexQuery query, CancellationToken cancellationToken) => BoundedAsync(() => QueryAsync(query, cancellationToken));

    /// <inheritdoc/>
    public Task<object> ReplyAsync(IRequestReply reply, SessionId? sessionId, CancellationToken cancellationToken) => BoundedAsync(async () =>
        await QueryAsync(new SessionIndexActor.FindAsker(reply.Request), cancellationToken) switch
        {
            SessionIndexActor.AskerFound { SessionId: { } asker } when sessionId is null || sessionId == asker => await CommandAsync(asker, reply, cancellationToken),
            SessionIndexActor.AskerFound => reply.NotFound,
            var refusal => refusal,
        });

    /// <inheritdoc/>
    public async Task<object> AwaitTurnAsync(SessionId sessionId, TurnId turn, CancellationToken cancellationToken)
    {
        // Asked again from time to time: the wait must outlive an actor that was stopped with it in its mailbox.
        var wait = new Deliver(sessionId, new SessionActor.AwaitTurn(turn, $"{entropy.NextUInt64():x16}"));
        var losses = 0;
        while (true)
        {
            var answer = await TryAskAsync(region.ActorRef, wait, cancellationToken);
            if (answer is not (null or SessionActor.TurnLost))
                return answer;

            // The first loss is a session that was stopped and can be read again. More of them are a failure that goes on.
            losses = answer is SessionActor.TurnLost ? losses + 1 : 0;
            if (losses > 1)
                await PauseAsync(cancellationToken);
        }
    }

    // Ends early with the actors: the next ask then tells that the server stops. Goes on in the call that ends it, where Task.Delay goes on on the thread pool when it is cancelled.
    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        using var pause = new CancellationTokenSource(_retryAfter, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, pause.Token, end.Token);
        var over = new TaskCompletionSource(TaskCreationOptions.None);
        await using var registration = given.Token.UnsafeRegister(static over => ((TaskCompletionSource)over!).SetResult(), over);
        await over.Task;
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<object> BoundedAsync(Func<Task<object>> ask)
    {
        if (Interlocked.Increment(ref _outstanding) > options.MaxOutstandingCommands)
        {
            Interlocked.Decrement(ref _outstanding);
            return new Unavailable($"{options.MaxOutstandingCommands} commands are under way already.", _retryAfter);
        }

        try
        {
            return await ask();
        }
        finally
        {
            Interlocked.Decrement(ref _outstanding);
        }
    }

    private async Task<object> CommandAsync(SessionId id, ISessionCommand command, CancellationToken cancellationToken) =>
        await TryAskAsync(region.ActorRef, new Deliver(id, command), cancellationToken) ?? Unanswered(id.Value);

    private async Task<object> QueryAsync(IIndexQuery query, CancellationToken cancellationToken) =>
        await TryAskAsync(index.ActorRef, query, cancellationToken) ?? Unanswered("The index of sessions");

    private Unavailable Unanswered(string actor) => new($"{actor} did not answer within {_answerTimeout.TotalSeconds:0.#} s.", _retryAfter);

    // Null when there is no answer in time. The deadline follows the injected clock; Akka's own timeout reads the machine's.
    private async Task<object?> TryAskAsync(IActorRef actor, object message, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_answerTimeout, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token, end.Token);
        try
        {
            return await actor.Ask<object>(message, Timeout.InfiniteTimeSpan, given.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or AskTimeoutException && !cancellationToken.IsCancellationRequested)
        {
            return end.Token.IsCancellationRequested ? _ended : null;
        }
    }
}
