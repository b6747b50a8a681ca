using Akka.Actor;
using Akka.Hosting;
using OpenCode.Actors.Sessions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Index;
using OpenCode.Actors.Sessions.Region;
using HeldFolder = OpenCode.Actors.Storage.Sqlite.Doors.DataFolder;

namespace OpenCode.Actors.Server.Hosting;

/// <summary>Waits for running turns before a server with fronts stops: users of the fronts see no abort, only the next holder.</summary>
/// <param name="sessions">Knows the open turns.</param>
/// <param name="region">Has their sessions.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
/// <param name="folder">Knows whether there are fronts; null where there cannot be any.</param>
internal sealed partial class LastTurns(ISessions sessions, IRequiredActor<SessionRegion> region, TimeProvider time, ILogger<LastTurns> logger, HeldFolder? folder = null)
{
    /// <summary>How long a stop waits for turns. Those that run longer are closed as aborted.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(4);

    /// <summary>Waits for the turns that run now, if there are fronts. Turns that wait for their user are not waited for: they outlive the stop.</summary>
    public async Task EndAsync()
    {
        if (folder?.HasFronts() != true)
            return;

        using var limit = new CancellationTokenSource(Window, time);
        try
        {
            if (await sessions.AskAsync(new IndexQuery.ListStatus(), limit.Token) is not IndexQuery.Statuses { BySession: { Count: > 0 } open })
                return;

            LogWaits(logger, open.Count, Window.TotalSeconds);
            await Task.WhenAll(open.Keys.Select(id => region.ActorRef.Ask<Quiet>(new Deliver(id, new AwaitQuiet()), limit.Token)));
        }
        catch (OperationCanceledException)
        {
            // The stop closes what still runs.
        }
    }

    [LoggerMessage(EventId = 5033, Level = LogLevel.Information, Message = "Other servers work on this data folder: {Turns} open turns have up to {Seconds} s to end.")]
    private static partial void LogWaits(ILogger logger, int turns, double seconds);
}
