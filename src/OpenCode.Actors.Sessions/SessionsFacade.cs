using Microsoft.Extensions.Options;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Region;
using OpenCode.Actors.Sessions.Sharding;

namespace OpenCode.Actors.Sessions;

/// <summary>Asks the region for those outside. Bounds how much may be asked at the same time, and with it the mailboxes behind it.</summary>
internal sealed class SessionsFacade(IRequiredActor<SessionsKey> region, IOptions<SessionsOptions> options, IEntropy entropy, CommandGate? gate = null) : ISessions
{
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _patience = TimeSpan.FromMilliseconds(options.Value.AskTimeoutMs);
    private readonly int _limit = options.Value.MaxOutstandingCommands;
    private int _outstanding;

    /// <inheritdoc/>
    public Task<object> AskAsync(SessionId sessionId, object command, CancellationToken cancellationToken) =>
        AskAsync(new SessionsActor.Deliver(sessionId, command), cancellationToken);

    /// <inheritdoc/>
    public async Task<object> AskAsync(object command, CancellationToken cancellationToken)
    {
        if (gate is not null && await gate.AdmitAsync(cancellationToken) is { } refusal)
            return refusal;

        if (Interlocked.Increment(ref _outstanding) > _limit)
        {
            Interlocked.Decrement(ref _outstanding);
            return new Unavailable($"{_limit} commands are under way already.", _retryAfter);
        }

        try
        {
            var answer = region.ActorRef.Ask<object>(command, _patience, cancellationToken);
            if (gate?.Closed is { } closed && await Task.WhenAny(answer, closed) == closed)
                return await closed; // Whether it was carried out is unknown: it may wait for the database.
            return await answer;
        }
        catch (Exception e) when (e is AskTimeoutException or TargetTerminatedException or MailboxOverflowException)
        {
            return new Unavailable(e.Message, _retryAfter);
        }
        finally
        {
            Interlocked.Decrement(ref _outstanding);
        }
    }

    /// <inheritdoc/>
    public async Task<object> AwaitTurnAsync(SessionId sessionId, TurnId turn, CancellationToken cancellationToken)
    {
        // Asked again from time to time: the wait must outlive an actor that was stopped with it in its mailbox.
        var wait = new SessionsActor.Deliver(sessionId, new SessionActor.AwaitTurn(turn, $"{entropy.NextUInt64():x16}"));
        while (true)
        {
            try
            {
                var answer = await region.ActorRef.Ask<object>(wait, _patience, cancellationToken);
                if (answer is not SessionActor.TurnLost)
                    return answer;
            }
            catch (AskTimeoutException)
            {
                // The turn goes on.
            }
            catch (TargetTerminatedException e)
            {
                return new Unavailable(e.Message, _retryAfter); // the server stops
            }
        }
    }
}
