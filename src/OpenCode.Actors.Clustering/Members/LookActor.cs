using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Journal.Nodes;
using OpenCode.Actors.Sessions.Readiness;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace OpenCode.Actors.Clustering.Members;

/// <summary>Polls the rows of the nodes more than twice a second: does the arbiter answer (rule "Suspend on silence"), is this node alive (rule "A node watches its own row").</summary>
internal sealed partial class LookActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan _silence = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _again = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _giveUp = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _cutOff = TimeSpan.FromSeconds(5);

    private readonly LookSetup _setup;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopped = new();
    private IDisposable? _wanted;
    private bool _isLooking;
    private bool _isWanted;
    private long? _silentSince;

    public LookActor(LookSetup setup)
    {
        _setup = setup;
        _logger = setup.Loggers.CreateLogger<LookActor>();

        Receive<Look>(_ => Begin());
        Receive<LookNow>(_ => OnLookNow());
        Receive<Looked>(OnLooked);
        Receive<LookFailed>(OnLookFailed);
        Receive<Silent>(_ => OnSilent());
        Receive<SilenceLasts>(_ => OnSilenceLasts());
    }

    private sealed record Look;

    private sealed record LookNow : IDeadLetterSuppression;

    private sealed record Silent;

    private sealed record SilenceLasts;

    private sealed record Looked(NodeLook Rows, long Began) : IDeadLetterSuppression;

    private sealed record LookFailed(Exception Cause) : IDeadLetterSuppression;

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(LookSetup setup) => Props.Create(() => new LookActor(setup));

    protected override void PreStart()
    {
        var self = Self;
        _wanted = _setup.Standing.LookWanted.Add(_ => self.Tell(new LookNow()));
        Timers.StartPeriodicTimer(nameof(Look), new Look(), _interval);
        Begin();
    }

    protected override void PostStop()
    {
        _wanted?.Dispose();
        _stopped.Cancel();
        _stopped.Dispose();
    }

    private void OnLookNow()
    {
        // The one under way may have read the rows before whatever this is about.
        _isWanted = _isLooking;
        Begin();
    }

    private void Begin()
    {
        // A node that is not admitted yet has no row, which would look like a verdict.
        if (_isLooking || _setup.Standing.Availability.Now is { IsOver: true } or { State: NodeState.Joining })
            return;

        _isLooking = true;
        var began = _setup.Time.GetTimestamp();
        if (_silentSince is null)
        {
            _silentSince = began;
            Timers.StartSingleTimer(nameof(Silent), new Silent(), _silence);
        }

        LookAsync().PipeTo(Self, success: rows => new Looked(rows, began), failure: static cause => new LookFailed(cause));
    }

    private async Task<NodeLook> LookAsync()
    {
        using var deadline = new CancellationTokenSource(_giveUp, _setup.Time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, _stopped.Token);
        return await _setup.Arbiter.LookAsync(_setup.Position(), given.Token);
    }

    private void OnLooked(Looked message)
    {
        _isLooking = false;
        Timers.Cancel(nameof(Silent));
        Timers.Cancel(nameof(SilenceLasts));
        if (_setup.Standing.Availability.Now is { State: NodeState.Suspended, SuspendedFor: { } silence })
            LogAnswers(_logger, silence);
        _silentSince = null;
        _setup.Standing.Answered(message.Rows, message.Began);

        // What a slow look saw is old by now.
        if (_isWanted || _setup.Time.GetElapsedTime(message.Began) >= _interval)
        {
            _isWanted = false;
            Begin();
        }
    }

    // It may be back at once, as after a restart of the database: asked again long before the next look is due.
    private void OnLookFailed(LookFailed message)
    {
        _isLooking = false;
        if (message.Cause is DeclaredDeadException)
            _setup.Standing.Die(message.Cause.Message);
        else if (!_setup.Standing.Availability.Now.IsOver)
            Timers.StartSingleTimer(nameof(LookNow), new Look(), _again);
    }

    private void OnSilent()
    {
        LogSilent(_logger);
        _setup.Standing.Suspend(_silentSince!.Value);
        Timers.StartPeriodicTimer(nameof(SilenceLasts), new SilenceLasts(), _interval);
    }

    private void OnSilenceLasts()
    {
        var now = _setup.Standing.Now;
        if (now is { IsCutOff: false } && now.Availability.SuspendedFor >= _cutOff && _setup.ArePeersSilent())
        {
            LogCutOff(_logger);
            _setup.Standing.CutOff();
            _setup.CutOff();
        }

        // Again and again: one may have been opened at the last moment.
        if (!now.Availability.HasStreams)
            _setup.ResetStreams();
    }

    [LoggerMessage(EventId = 7001, Level = LogLevel.Warning,
        Message = "The database has not answered for 500 ms: commands are refused until it does. Streams stay open for 60 s. Sessions move only if other nodes reach the database and this one does not.")]
    private static partial void LogSilent(ILogger logger);

    [LoggerMessage(EventId = 7002, Level = LogLevel.Information, Message = "The database answers again after {Silence}; everything goes on.")]
    private static partial void LogAnswers(ILogger logger, TimeSpan silence);

    [LoggerMessage(EventId = 7003, Level = LogLevel.Warning,
        Message = "Neither the database nor any other node has answered for 5 s: another node may run the sessions of this one by now. Running tools are ended.")]
    private static partial void LogCutOff(ILogger logger);
}

/// <summary>What the look needs.</summary>
/// <param name="Arbiter">Has the rows.</param>
/// <param name="Standing">What follows from them.</param>
/// <param name="Position">How far this node has read the log.</param>
/// <param name="ArePeersSilent">Whether there were other nodes, and none of them is heard.</param>
/// <param name="CutOff">Ends running tools.</param>
/// <param name="ResetStreams">Resets the streams that are open.</param>
/// <param name="Time">The clock.</param>
/// <param name="Loggers">Makes the log.</param>
internal sealed record LookSetup(
    IArbiter Arbiter, NodeStanding Standing, Func<long> Position, Func<bool> ArePeersSilent, Action CutOff, Action ResetStreams, TimeProvider Time, ILoggerFactory Loggers);
