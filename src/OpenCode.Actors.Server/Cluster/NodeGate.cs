using OpenCode.Actors.Clustering.Members;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>Tells the edge from the node's standing whether it may accept commands and open streams, and when it has to stop (rule "Suspend on silence").</summary>
/// <param name="standing">The standing of this node.</param>
/// <param name="isHere">Whether a session runs on this node.</param>
/// <param name="application">Tells when the node drains.</param>
/// <param name="time">The clock of looks at where a turn runs.</param>
internal sealed class NodeGate(NodeStanding standing, Func<SessionId, bool> isHere, IHostApplicationLifetime application, TimeProvider time)
{
    private static readonly TimeSpan _lookAgain = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);
    private static readonly Unavailable _elsewhere = new(
        "This node stops, and the turn goes on at another one. Send the request again, under the same Idempotency-Key or messageID, and it waits there.", _retryAfter);

    private readonly Task _draining = DrainingOf(application);

    /// <summary>Gets with what commands are refused; null when they are taken.</summary>
    public Unavailable? Refusal => standing.Now is { TakesCommands: false } now ? new Unavailable(now.Reason, _retryAfter) : null;

    /// <summary>Gets a value indicating whether streams may be opened.</summary>
    public bool HasStreams => standing.Now.HasStreams;

    /// <summary>Waits for the end of a turn; gives up once this node drains and the turn runs on another one (rule "Wait on the own log").</summary>
    /// <param name="session">The session of the turn.</param>
    /// <param name="wait">The wait.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>What the wait gives; or <see cref="Unavailable"/>.</returns>
    public async Task<object> AwaitTurnAsync(SessionId session, Func<CancellationToken, Task<object>> wait, CancellationToken cancellationToken)
    {
        using var given = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ended = wait(given.Token);
        var elsewhere = UntilElsewhereAsync(session, given.Token);
        var first = await Task.WhenAny(ended, elsewhere);
        await given.CancelAsync();
        return first == elsewhere && elsewhere.IsCompletedSuccessfully ? _elsewhere : await ended;
    }

    /// <summary>Waits for work that needs the database, but no longer than the node takes commands.</summary>
    /// <typeparam name="T">The result of the work.</typeparam>
    /// <param name="work">The work. It goes on by itself when it is not waited for any more.</param>
    /// <returns>The result; or why it was not waited for.</returns>
    public async Task<(T? Result, Unavailable? Refusal)> WaitAsync<T>(Task<T> work)
    {
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using (standing.Changed.Add(state =>
        {
            if (state != NodeState.Ready)
                closed.TrySetResult();
        }))
        {
            if (work.IsCompleted || (Refusal is null && await Task.WhenAny(work, closed.Task) == work))
                return (await work, null);
        }

        // The work was given to the journal already.
        var reason = Refusal?.Reason ?? "This node has lost its database for a moment.";
        return (default, new Unavailable($"{reason} Whether the command was carried out is unknown.", _retryAfter));
    }

    // wait-on-your-own-log: this log ends with the node. The end of a turn that runs here is an answer, which the drain waits for; but the drain moves some turns.
    private async Task UntilElsewhereAsync(SessionId session, CancellationToken cancellationToken)
    {
        await _draining.WaitAsync(cancellationToken);
        if (!isHere(session))
            return;

        do
            await Task.Delay(_lookAgain, time, cancellationToken);
        while (isHere(session));
        await Task.Delay(_lookAgain, time, cancellationToken); // It may have moved because its turn is over, and the end is on its way here.
    }

    private static Task DrainingOf(IHostApplicationLifetime application)
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        application.ApplicationStopping.UnsafeRegister(static begun => ((TaskCompletionSource)begun!).TrySetResult(), begun);
        return begun.Task;
    }
}
