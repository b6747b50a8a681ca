using Akka.Actor;
using Akka.Hosting;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Reads;
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
/// <param name="newSession">Makes the id of a new session, given that of its parent; any id when null.</param>
/// <param name="reader">Where other nodes run sessions too: reads come from the rows, and this node's own log has the turn's end (rule "Wait on the own log"). Null on a single node.</param>
/// <param name="suspension">Whether the journal answers: while it does not, and as soon as it does not, queries and reads are refused. The entry refuses commands.</param>
/// <param name="traces">Follows traced commands; null where none is.</param>
internal sealed class SessionsFacade(
    IRequiredActor<SessionRegion> region,
    IRequiredActor<SessionIndexKey> index,
    ActorsEnd end,
    SessionsOptions options,
    IdFactory ids,
    IEntropy entropy,
    TimeProvider time,
    Func<IdFactory, SessionId?, SessionId>? newSession = null,
    SessionReader? reader = null,
    ISuspension? suspension = null,
    JournalTraces? traces = null) : ISessions
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);
    private static readonly Unavailable _deletionGoesOn = new("The database did not answer for a moment. A part of the session may be deleted, and the rest will be. Send the request again to see its end.", _retryAfter);
    private static readonly Unavailable _ended = new("The server stops.", _retryAfter);

    private readonly TimeSpan _answerTimeout = TimeSpan.FromMilliseconds(options.AskTimeoutMs);
    private int _outstanding;

    /// <inheritdoc/>
    public Task<object> CreateAsync(Place place, CreateSession request, CancellationToken cancellationToken) => BoundedAsync(async () =>
    {
        var id = newSession?.Invoke(ids, request.ParentId) ?? ids.NewSession();
        if (request.ParentId is not { } parent)
            return await CommandAsync(id, new SessionActor.Create(place, request), cancellationToken);

        return await QueryAsync(new SessionIndexActor.Get(parent), cancellationToken) is not SessionIndexActor.Found and var refusal
            ? refusal
            : await CommandAsync(parent, new SessionActor.CreateChild(id, place, request), cancellationToken);
    });

    /// <inheritdoc/>
    public Task<object> AskAsync(SessionId sessionId, ISessionCommand command, CancellationToken cancellationToken) =>
        BoundedAsync(() => reader is null ? CommandAsync(sessionId, command, cancellationToken) : SharedAsync(reader, sessionId, command, cancellationToken));

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
    public Task<object> AwaitTurnAsync(SessionId sessionId, TurnId turn, long? openAt, CancellationToken cancellationToken) => reader is null
        ? AwaitTurnOfActorAsync(sessionId, turn, cancellationToken)
        : AwaitTurnOfLogAsync(reader, sessionId, turn, openAt, cancellationToken);

    private async Task<object> SharedAsync(SessionReader reader, SessionId sessionId, ISessionCommand command, CancellationToken cancellationToken)
    {
        if (command is ISessionRead read)
            return await WhileServedAsync(served => TryReadAsync(token => reader.ReadAsync(sessionId, read, token), served), cancellationToken) ?? Unanswered("The journal");

        // unknown-is-404-at-the-entry: an id that no session has starts no actor and claims no shard.
        return await QueryAsync(new SessionIndexActor.Get(sessionId), cancellationToken) is not SessionIndexActor.Found and var refusal
            ? refusal
            : await CommandAsync(sessionId, command, cancellationToken);
    }

    // wait-on-your-own-log: the log tells when to read, the rows tell whether the turn is over. Neither needs the session's owner.
    private async Task<object> AwaitTurnOfLogAsync(SessionReader reader, SessionId sessionId, TurnId turn, long? openAt, CancellationToken cancellationToken)
    {
        var waiter = $"{entropy.NextUInt64():x16}";
        while (true)
        {
            if (openAt is { } after)
            {
                if (await AwaitIdleAsync(new SessionIndexActor.AwaitIdle(sessionId, after, waiter), cancellationToken) is Unavailable refusal)
                    return refusal;
                openAt = null;
            }

            switch (await TryReadAsync(async token => await reader.EndOfAsync(sessionId, turn, token), cancellationToken))
            {
                case TurnRead { End: { } ended }:
                    return ended;
                case Unavailable unreadable:
                    return unreadable; // It would be so the next time too.
                case TurnRead { Head: var head } when !end.Token.IsCancellationRequested:
                    openAt = head;
                    break;
                default:
                    await PauseAsync(cancellationToken); // The database is away.
                    if (end.Token.IsCancellationRequested)
                        return _ended;
                    break;
            }
        }
    }

    // Asked again from time to time: the wait must outlive an index that was stopped with it in its mailbox.
    private async Task<object> AwaitIdleAsync(SessionIndexActor.AwaitIdle wait, CancellationToken cancellationToken)
    {
        object? answer = null;
        try
        {
            while (answer is null)
                answer = await TryAskAsync(index.ActorRef, wait, cancellationToken);
            return answer;
        }
        finally
        {
            if (answer is null)
                index.ActorRef.Tell(new SessionIndexActor.StopAwaitingIdle(wait.SessionId, wait.Waiter), ActorRefs.NoSender);
        }
    }

    private async Task<object> AwaitTurnOfActorAsync(SessionId sessionId, TurnId turn, CancellationToken cancellationToken)
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
            return new Unavailable($"{options.MaxOutstandingCommands} commands are under way already. Nothing was changed. Send the command again.", _retryAfter);
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

    private async Task<object> CommandAsync(SessionId id, ISessionCommand command, CancellationToken cancellationToken)
    {
        using var trace = traces?.Begin(id.Value, command);
        return await TryAskAsync(region.ActorRef, new Deliver(id, command), cancellationToken) ?? Unanswered(id.Value);
    }

    private async Task<object> QueryAsync(IIndexQuery query, CancellationToken cancellationToken) =>
        await WhileServedAsync(served => TryAskAsync(index.ActorRef, query, served), cancellationToken, query is SessionIndexActor.Delete ? _deletionGoesOn : null) ?? Unanswered("The index of sessions");

    // suspend-on-silence: what waits for the journal is answered as soon as the node knows that it will have to wait.
    private async Task<object?> WhileServedAsync(Func<CancellationToken, Task<object?>> ask, CancellationToken cancellationToken, Unavailable? goesOn = null)
    {
        if (suspension is null)
            return await ask(cancellationToken);
        if (suspension.Refusal is { } refusal)
            return refusal;

        var begins = suspension.Begins;
        using var served = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, begins);
        try
        {
            return await ask(served.Token);
        }
        catch (Exception) when (begins.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return goesOn ?? suspension.Refusal ?? new Unavailable("The database did not answer for a moment. Nothing was changed. Send the request again.", _retryAfter);
        }
    }

    private Unavailable Unanswered(string actor) => new($"{actor} did not answer within {_answerTimeout.TotalSeconds:0.#} s.", _retryAfter);

    // Null when the journal does not answer in time. What cannot be read is told, and not thrown.
    private async Task<object?> TryReadAsync(Func<CancellationToken, Task<object>> read, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_answerTimeout, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token, end.Token);
        try
        {
            return await read(given.Token);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            return end.Token.IsCancellationRequested ? _ended : e is OperationCanceledException ? null : new Unavailable(e.Message, _retryAfter);
        }
    }

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
