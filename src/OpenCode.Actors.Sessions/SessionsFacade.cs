using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Attachments;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.History;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Readiness;
using OpenCode.Actors.Sessions.Reads;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Setup;

namespace OpenCode.Actors.Sessions;

/// <summary>Asks the region and the index for the endpoints. Limits the asks under way, and with them the mailboxes behind.</summary>
/// <param name="region">The region of sessions, or, in a cluster, the entry of this node.</param>
/// <param name="index">The index of sessions.</param>
/// <param name="end">The end of the actors: no ask is answered after it.</param>
/// <param name="setup">What sessions share. Where other nodes run sessions too, reads come from the rows (rule "Reads come from the database").</param>
internal sealed class SessionsFacade(IRequiredActor<SessionRegion> region, IRequiredActor<SessionIndexKey> index, ActorsEnd end, SessionSetup setup) : ISessions
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);
    private static readonly Unavailable _deletionGoesOn = new("The database did not answer for a moment. A part of the session may be deleted, and the rest will be. Send the request again to see its end.", _retryAfter);
    private static readonly Unavailable _ended = new("The server stops.", _retryAfter);

    private readonly TimeSpan _answerTimeout = TimeSpan.FromMilliseconds(setup.Options.AskTimeoutMs);
    private readonly SessionReader _reader = new(setup.Journal, setup.Loggers.CreateLogger<SessionReader>());
    private readonly PromptFiles _files = new(setup.Files, setup.Paths, setup.Time, setup.Servers);
    private int _outstanding;

    /// <inheritdoc/>
    public Task<object> CreateAsync(Place place, CreateSession request, CancellationToken cancellationToken) => BoundedAsync(() =>
    {
        var id = setup.NewSession(setup.Ids, request.ParentId);
        return request.ParentId is { } parent
            ? CommandAsync(parent, new CreateChild(id, place, request), cancellationToken)
            : CommandAsync(id, new Create(place, request), cancellationToken);
    });

    /// <inheritdoc/>
    public Task<object> ForkAsync(SessionId sessionId, MessageId? before, CancellationToken cancellationToken) => BoundedAsync(async () =>
    {
        var read = new GetHistory();
        var source = setup.IsShared ? await ReadAsync(sessionId, read, cancellationToken) : await CommandAsync(sessionId, read, cancellationToken);
        return (source is HistoryFound found ? Forking.Plan(found, before) : source) is var plan && plan is CreateFork fork
            ? await CommandAsync(setup.NewSession(setup.Ids, null), fork, cancellationToken)
            : plan;
    });

    /// <inheritdoc/>
    public Task<object> AskAsync(SessionId sessionId, ISessionCommand command, CancellationToken cancellationToken) => BoundedAsync(() =>
        command switch
        {
            ISessionRead read when setup.IsShared => ReadAsync(sessionId, read, cancellationToken),
            TakePrompt prompt => PromptAsync(sessionId, prompt, cancellationToken),
            _ => CommandAsync(sessionId, command, cancellationToken),
        });

    /// <inheritdoc/>
    public Task<object> AskAsync(IIndexQuery query, CancellationToken cancellationToken) => BoundedAsync(() => QueryAsync(query, cancellationToken));

    /// <inheritdoc/>
    public Task<object> ReplyAsync(IRequestReply reply, SessionId? sessionId, CancellationToken cancellationToken) => BoundedAsync(async () =>
        await QueryAsync(new IndexQuery.FindWaitingSession(reply.Request), cancellationToken) switch
        {
            IndexQuery.WaitingSessionFound { SessionId: { } asker } when sessionId is null || sessionId == asker => await CommandAsync(asker, reply, cancellationToken),
            IndexQuery.WaitingSessionFound => reply.NotFound,
            var refusal => refusal,
        });

    /// <inheritdoc/>
    public async Task<object> AwaitTurnAsync(SessionId sessionId, TurnId turn, long? openAt, CancellationToken cancellationToken)
    {
        // The log shows when to read, the rows show that the turn is over: neither needs the session's owner (rule "Wait on the own log").
        var waiter = $"{setup.Entropy.NextUInt64():x16}";
        while (true)
        {
            if (openAt is { } after && await AwaitIdleAsync(new IdleWaits.Await(sessionId, after, waiter), cancellationToken) is Unavailable refusal)
                return refusal;

            switch (await TryReadAsync(token => _reader.EndOfAsync(sessionId, turn, token), cancellationToken))
            {
                case TurnOpen when setup.Availability.Now is { IsOver: true } now:
                    // Whether it waits for its user or is still being closed, as in a stop that takes long, the rows do not tell.
                    return new Unavailable($"{now.Reason} The turn has not ended so far. Send the request again, under the same Idempotency-Key or messageID: it gets the end of the turn, or waits for it.", now.RetryAfter);
                case TurnOpen open when !end.Token.IsCancellationRequested:
                    openAt = open.Head;
                    break;
                case null or TurnOpen:
                    openAt = null;
                    await PauseAsync(cancellationToken); // The database is away.
                    if (end.Token.IsCancellationRequested)
                        return _ended;
                    break;
                case var ended:
                    return ended; // What cannot be read could not be the next time either.
            }
        }
    }

    private async Task<object> ReadAsync(SessionId sessionId, ISessionRead read, CancellationToken cancellationToken) =>
        await WhileServedAsync(served => TryReadAsync(token => _reader.ReadAsync(sessionId, read, token), served), cancellationToken) ?? Unanswered("The journal");

    // Null when the node has come to its end, and after a while without an answer: the rows are read then, so the wait outlives an index that was stopped or stands still.
    private async Task<object?> AwaitIdleAsync(IdleWaits.Await wait, CancellationToken cancellationToken)
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, setup.Availability.Over);
        object? answer = null;
        try
        {
            return answer = await TryAskAsync(index.ActorRef, wait, given.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            if (answer is null)
                index.ActorRef.Tell(new IdleWaits.Forget(wait.SessionId, wait.Waiter), ActorRefs.NoSender);
        }
    }

    // Ends early with the actors: the next ask then tells that the server stops. Goes on in the call that ends it, where Task.Delay goes on on the thread pool when it is cancelled.
    private async Task PauseAsync(CancellationToken cancellationToken)
    {
        using var pause = new CancellationTokenSource(_retryAfter, setup.Time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, pause.Token, end.Token);
        var over = new TaskCompletionSource(TaskCreationOptions.None);
        await using var registration = given.Token.UnsafeRegister(static over => ((TaskCompletionSource)over!).SetResult(), over);
        await over.Task;
        cancellationToken.ThrowIfCancellationRequested();
    }

    private async Task<object> BoundedAsync(Func<Task<object>> ask)
    {
        if (Interlocked.Increment(ref _outstanding) > setup.Options.MaxOutstandingCommands)
        {
            Interlocked.Decrement(ref _outstanding);
            return new Unavailable($"{setup.Options.MaxOutstandingCommands} commands are under way already. Nothing was changed. Send the command again.", _retryAfter);
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

    // Files are read here, where waiting is allowed: a session gets a prompt that has all it needs.
    private async Task<object> PromptAsync(SessionId id, TakePrompt prompt, CancellationToken cancellationToken)
    {
        if (!PromptFiles.Has(prompt))
            return await CommandAsync(id, prompt, cancellationToken);

        var session = await QueryAsync(new IndexQuery.Get(id), cancellationToken);
        if (session is not IndexQuery.Found found)
            return session;

        var read = await _files.ReadAsync(prompt, found.Entry.Directory, cancellationToken);
        return read is TakePrompt whole ? await CommandAsync(id, whole, cancellationToken) : read;
    }

    private async Task<object> CommandAsync(SessionId id, ISessionCommand command, CancellationToken cancellationToken)
    {
        using var trace = setup.Traces?.Begin(id.Value, command);
        return await TryAskAsync(region.ActorRef, new Deliver(id, command), cancellationToken) ?? Unanswered(id.Value);
    }

    private async Task<object> QueryAsync(IIndexQuery query, CancellationToken cancellationToken) =>
        await WhileServedAsync(served => TryAskAsync(index.ActorRef, query, served), cancellationToken, query is IndexQuery.Delete ? _deletionGoesOn : null) ?? Unanswered("The index of sessions");

    // What waits for the journal is answered as soon as the node knows that it will have to wait (rule "Suspend on silence"). The entry refuses commands.
    private async Task<object?> WhileServedAsync(Func<CancellationToken, Task<object?>> ask, CancellationToken cancellationToken, Unavailable? goesOn = null)
    {
        var now = setup.Availability.Now;
        if (RefusalOf(now) is { } refusal)
            return refusal;

        using var served = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, now.JournalLost);
        try
        {
            return await ask(served.Token);
        }
        catch (Exception) when (now.JournalLost.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return goesOn ?? RefusalOf(setup.Availability.Now) ?? new Unavailable("The database did not answer for a moment. Nothing was changed. Send the request again.", now.RetryAfter);
        }
    }

    private static Unavailable? RefusalOf(Availability now) => now.HasJournal ? null : new Unavailable($"{now.Reason} Nothing was changed. Send the request again.", now.RetryAfter);

    private Unavailable Unanswered(string actor) => new($"{actor} did not answer within {_answerTimeout.TotalSeconds:0.#} s.", _retryAfter);

    // Null when the journal does not answer in time. A failed read is an answer, not an exception.
    private async Task<object?> TryReadAsync(Func<CancellationToken, Task<object>> read, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_answerTimeout, setup.Time);
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
        using var deadline = new CancellationTokenSource(_answerTimeout, setup.Time);
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
