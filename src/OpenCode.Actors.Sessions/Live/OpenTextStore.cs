using System.Text.Json;
using Akka.Actor;
using OpenCode.Actors.Journal;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Json;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.State;

namespace OpenCode.Actors.Sessions.Live;

/// <summary>Stores streamed text by size or by time, more seldom the longer it is: a row without an event (rule "Streamed text is state").</summary>
/// <param name="options">The size and the time of a short text.</param>
/// <param name="timers">The actor's timers.</param>
internal sealed class OpenTextStore(SessionsOptions options, Func<ITimerScheduler> timers)
{
    // However few bytes are to make a row.
    private static readonly TimeSpan _longest = TimeSpan.FromMinutes(1);

    private bool _isTimeUp;

    /// <summary>True if the next batch must have the row.</summary>
    public bool IsDue(SessionState state) => state.Turn?.Open is { } open
        && (!open.HasRow || (open.UnstoredBytes > 0 && (_isTimeUp || open.UnstoredBytes >= Share(open))));

    /// <summary>Adds the row to a batch, if it is due. Its offset is the head right after this batch, so it is made when all that the batch tells is folded in.</summary>
    public SessionState Store(SessionId id, SessionState state, List<StateChange> changes)
    {
        if (!IsDue(state))
            return state;

        var open = state.Turn!.Open!;
        changes.Add(new StateChange(Rows.Open, id.Value, "", JsonSerializer.SerializeToUtf8Bytes(open.Folded(), ProtocolJson.Wire.Part)));
        _isTimeUp = false;
        Cancel();
        return state with { Turn = state.Turn with { Open = open with { UnstoredBytes = 0, HasRow = true } } };
    }

    /// <summary>Schedules the storing of text that has no row yet.</summary>
    public void Plan(SessionState state)
    {
        if (state.Turn?.Open is not { UnstoredBytes: > 0 } open || timers().IsTimerActive(nameof(StoreText)))
            return;

        var share = TimeSpan.FromMilliseconds(options.StoreTextMs) * Share(open) / options.StoreTextBytes;
        timers().StartSingleTimer(nameof(StoreText), new StoreText(), share < _longest ? share : _longest);
    }

    /// <summary>The time is up: what is not stored is due.</summary>
    public void TimeIsUp(SessionState state) => _isTimeUp = state.Turn?.Open is { UnstoredBytes: > 0 };

    /// <summary>Cancels the schedule.</summary>
    public void Cancel() => timers().Cancel(nameof(StoreText));

    // A row holds all of the text, so it is written again after an eighth more: a long text is written nine times in all, however long it is.
    private int Share(OpenText open) => Math.Max(options.StoreTextBytes, open.Bytes / 8);

    /// <summary>Stores the streamed text that is not stored yet.</summary>
    public sealed record StoreText : INotInfluenceReceiveTimeout;
}
