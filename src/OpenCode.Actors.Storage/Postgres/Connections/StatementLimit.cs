using OpenCode.Actors.Storage.Postgres.Connections.Doors;

namespace OpenCode.Actors.Storage.Postgres.Connections;

/// <summary>Waits for statements no longer than their caller wants to, or than a server that answers would take.</summary>
/// <remarks>
/// The driver cancels a statement by connecting to the server and waiting until that hangs up, on the thread that cancels. A silent server lets it wait for many seconds; with the two or three
/// statements that a node has under way, all threads of the pool stood there, and heartbeats and refusals came seconds late. So each is cancelled on a thread of its own, and not waited for.
/// </remarks>
internal static class StatementLimit
{
    // Longer than the server's own limit, shorter than the driver's, which cancels on the thread that it finds itself on.
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(12);

    /// <summary>Does work on a connection.</summary>
    /// <typeparam name="T">The type of the result.</typeparam>
    /// <param name="work">Does it with the token that it is given, and by that alone. It may go on for a while after its caller has given up: what it uses is its own until then.</param>
    /// <param name="time">The clock of the limit of 12 s; null for no limit but the driver's.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TimeoutException">There was no answer within the limit.</exception>
    public static async Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, TimeProvider? time, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var end = new CancellationTokenSource();
        var running = work(end.Token);
        try
        {
            return await running.WaitAsync(time is null ? Timeout.InfiniteTimeSpan : _limit, time ?? TimeProvider.System, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (!running.IsCompleted)
        {
            _ = EndAsync(end, running);
            throw;
        }
    }

    /// <summary>Cancels what runs under a token, on a thread of its own.</summary>
    /// <returns>A task that ends when the driver has done it; it does not fail.</returns>
    public static Task CancelAsync(CancellationTokenSource source) => OwnThread.RunAsync(() =>
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException)
        {
            // The connection is of no use any more, however it came to its end.
        }
    });

    private static async Task EndAsync(CancellationTokenSource end, Task running)
    {
        await CancelAsync(end).ConfigureAwait(false);
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        end.Dispose();
    }
}
