using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Readiness;

namespace OpenCode.Actors.Server.Cluster;

/// <summary>Ends the waits for turns of other nodes once this one drains (rule "Wait on the own log").</summary>
/// <param name="availability">Tells when the node drains.</param>
/// <param name="isHere">Whether a session runs on this node.</param>
/// <param name="time">The clock of looks at where a turn runs.</param>
internal sealed class DrainingWaits(NodeAvailability availability, Func<SessionId, bool> isHere, TimeProvider time)
{
    private static readonly TimeSpan _lookAgain = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _retryAfter = TimeSpan.FromSeconds(1);
    private static readonly Unavailable _elsewhere = new(
        "This node stops, and the turn goes on at another one. Send the request again, under the same Idempotency-Key or messageID, and it waits there.", _retryAfter);

    /// <summary>Waits for the end of a turn; not any longer once this node drains and the turn runs on another one (rule "Wait on the own log").</summary>
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

    // wait-on-your-own-log: this log ends with the node. The end of a turn that runs here is an answer, which the drain waits for; but the drain moves some turns.
    private async Task UntilElsewhereAsync(SessionId session, CancellationToken cancellationToken)
    {
        var draining = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (availability.Draining.UnsafeRegister(static draining => ((TaskCompletionSource)draining!).TrySetResult(), draining))
            await draining.Task.WaitAsync(cancellationToken);
        if (!isHere(session))
            return;

        do
            await Task.Delay(_lookAgain, time, cancellationToken);
        while (isHere(session));
        await Task.Delay(_lookAgain, time, cancellationToken); // It may have moved because its turn is over, and the end is on its way here.
    }
}
