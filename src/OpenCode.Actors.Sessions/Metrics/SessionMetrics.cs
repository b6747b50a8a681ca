using System.Diagnostics.Metrics;

namespace OpenCode.Actors.Sessions.Metrics;

/// <summary>The counters of sessions.</summary>
internal sealed class SessionMetrics
{
    private readonly Counter<long> _prompts;
    private readonly Counter<long> _turnsClosed;
    private readonly Counter<long> _recoveries;
    private readonly Counter<long> _restarts;
    private readonly UpDownCounter<long> _awake;
    private readonly UpDownCounter<long> _running;
    private readonly Histogram<int> _batch;

    public SessionMetrics(IMeterFactory meters)
    {
        var meter = meters.Create("OpenCode.Actors.Sessions");
        _prompts = meter.CreateCounter<long>("opencode.sessions.prompts", "{prompt}", "Prompts and commands that were taken.");
        _turnsClosed = meter.CreateCounter<long>("opencode.sessions.turns.closed", "{turn}", "Turns that were closed before their end: aborted, failed, or found open after a crash.");
        _recoveries = meter.CreateCounter<long>("opencode.sessions.recoveries", "{recovery}", "Sessions read back from the journal.");
        _restarts = meter.CreateCounter<long>("opencode.actors.restarts", "{restart}", "Actors that failed and were restarted, or stopped to start anew at their next message.");
        _awake = meter.CreateUpDownCounter<long>("opencode.sessions.awake", "{session}", "Sessions in memory.");
        _running = meter.CreateUpDownCounter<long>("opencode.sessions.runs", "{run}", "Runs alive.");
        _batch = meter.CreateHistogram<int>("opencode.sessions.batch.events", "{event}", "Events a session committed at once.");
    }

    /// <summary>A prompt or command was taken.</summary>
    public void PromptTaken() => _prompts.Add(1);

    /// <summary>A turn was closed before its end.</summary>
    public void TurnClosed() => _turnsClosed.Add(1);

    /// <summary>A session was read back.</summary>
    public void Recovered() => _recoveries.Add(1);

    /// <summary>An actor failed.</summary>
    /// <param name="actor">Its kind: <c>session</c>, <c>journal</c>, <c>index</c> or <c>region</c>.</param>
    public void Restarted(string actor) => _restarts.Add(1, new KeyValuePair<string, object?>("actor", actor));

    /// <summary>A session came into memory (1) or left it (-1).</summary>
    public void Awake(int change) => _awake.Add(change);

    /// <summary>A run began (1) or ended (-1).</summary>
    public void Running(int change) => _running.Add(change);

    /// <summary>A batch was handed to the journal.</summary>
    public void BatchSent(int events) => _batch.Record(events);
}
