using Akka.Actor;
using Akka.Event;
using Microsoft.Extensions.Logging;
using OpenCode.Actors.Sessions.Actors;

namespace OpenCode.Actors.Sessions.Tools.Servers;

/// <summary>Owns the connection to one MCP server of one location: connects on request, reconnects after the server died, and closes the connection when it is unused for long.</summary>
/// <remarks>After a death or a failure it waits, twice as long each time, before it connects again. An answer waits only where a connection is likely to come soon (rule "A tool server fails its call alone").</remarks>
internal sealed partial class ToolServerActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan _firstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _mostDelay = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _worthWaiting = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan _stable = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _idle = TimeSpan.FromMinutes(30);

    private readonly ToolServerSpec _spec;
    private readonly string _directory;
    private readonly IToolServerConnector _connector;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly List<IActorRef> _waiting = [];
    private CancellationTokenSource? _attempt;
    private Task<IToolServerConnection>? _connecting;
    private IToolServerConnection? _connection;
    private IReadOnlyList<ServedTool> _tools = [];
    private DateTimeOffset _since;
    private int _failures;
    private bool _isHopeless; // The last attempt failed: requests do not wait for the next one.
    private bool _isTold; // That a file of the project configures it: once is enough.
    private string? _error;

    public ToolServerActor(ToolServerSpec spec, string directory, IToolServerConnector connector, TimeProvider time, ILogger logger)
    {
        (_spec, _directory, _connector, _time, _logger) = (spec, directory, connector, time, logger);
        Receive<Reach>(_ => OnReach());
        Receive<Retry>(_ => OnRetry());
        Receive<ConnectAgain>(_ => Connect());
        Receive<Connected>(OnConnected);
        Receive<ConnectFailed>(OnConnectFailed);
        Receive<Ended>(OnEnded);
        Receive<CloseIdle>(_ => OnCloseIdle());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Requests the connection. The answer is <see cref="Reached"/>.</summary>
    public sealed record Reach;

    /// <summary>Connects at once if there is no connection; the answer is <see cref="Reached"/>.</summary>
    public sealed record Retry;

    /// <summary>The state of the server now: its connection and tools, or the error.</summary>
    /// <param name="Connection">The connection; null when there is none.</param>
    /// <param name="Tools">The tools, as they were last listed.</param>
    /// <param name="Error">Why there is no connection; null when there is one.</param>
    public sealed record Reached(IToolServerConnection? Connection, IReadOnlyList<ServedTool> Tools, string? Error) : IDeadLetterSuppression;

    private sealed record ConnectAgain;

    private sealed record CloseIdle;

    private sealed record Connected(IToolServerConnection Connection) : IDeadLetterSuppression;

    private sealed record ConnectFailed(Exception Cause) : IDeadLetterSuppression;

    private sealed record Ended(IToolServerConnection Connection, string Reason) : IDeadLetterSuppression;

    public static Props PropsFor(ToolServerSpec spec, string directory, IToolServerConnector connector, TimeProvider time, ILogger logger) =>
        Props.CreateBy(new ActorProducer<ToolServerActor>(() => new ToolServerActor(spec, directory, connector, time, logger)));

    protected override void PostStop()
    {
        _error = "It was stopped.";
        _attempt?.Cancel();
        if (_connecting is not null)
            _ = DropAsync(_connecting);
        Drop();
        Answer();
    }

    private void OnReach()
    {
        Timers.StartSingleTimer(nameof(CloseIdle), new CloseIdle(), _idle);
        _waiting.Add(Sender);
        if (_connection is not null || _isHopeless || (Timers.IsTimerActive(nameof(ConnectAgain)) && DelayOf(_failures) > _worthWaiting))
            Answer();
        else if (!Timers.IsTimerActive(nameof(ConnectAgain)))
            Connect();
    }

    private void OnRetry()
    {
        Timers.Cancel(nameof(ConnectAgain));
        (_failures, _isHopeless) = (0, false);
        OnReach();
    }

    private void Connect()
    {
        if (_connecting is not null || _connection is not null)
            return;

        if (_spec.ProjectFile is { } file && !_isTold)
            LogOfProject(_logger, _spec.Name, _directory, _spec.Target, file);
        _isTold = true;
        _attempt = new CancellationTokenSource(_spec.ConnectTimeout, _time);
        _connecting = ConnectAsync(_attempt.Token);
        _connecting.PipeTo(Self, success: static connection => new Connected(connection), failure: static cause => new ConnectFailed(cause));
    }

    // What the door throws before its first wait is a failure like any other.
    private async Task<IToolServerConnection> ConnectAsync(CancellationToken cancellationToken) => await _connector.ConnectAsync(_spec, _directory, cancellationToken);

    private void OnConnected(Connected message)
    {
        EndAttempt();
        (_connection, _error, _isHopeless, _since) = (message.Connection, null, false, _time.GetUtcNow());
        Timers.StartSingleTimer(nameof(CloseIdle), new CloseIdle(), _idle);
        LogConnected(_logger, _spec.Name, _directory, _connection.Tools.Count);
        var connection = _connection;
        connection.Ended.PipeTo(Self, success: reason => new Ended(connection, reason), failure: cause => new Ended(connection, cause.Message));
        Answer();
    }

    private void OnConnectFailed(ConnectFailed message)
    {
        EndAttempt();
        _isHopeless = true;
        Fail(message.Cause switch
        {
            OperationCanceledException => $"It did not start and list its tools within {_spec.ConnectTimeout.TotalSeconds:0.#} s.",
            ToolServerException told => told.Message,
            _ => throw new InvalidOperationException($"MCP server '{_spec.Name}' could not be connected to: {message.Cause.GetType().Name}. Check mcp.{_spec.Name} in the configuration."),
        });
        Answer();
    }

    private void OnEnded(Ended message)
    {
        if (message.Connection != _connection)
            return;

        if (_time.GetUtcNow() - _since >= _stable)
            _failures = 0;
        Drop();
        Fail(message.Reason);
    }

    private void Fail(string error)
    {
        _error = error;
        var delay = DelayOf(++_failures);
        LogFailed(_logger, _spec.Name, _directory, error, delay);
        Timers.StartSingleTimer(nameof(ConnectAgain), new ConnectAgain(), delay);
    }

    private void OnCloseIdle()
    {
        Timers.Cancel(nameof(ConnectAgain));
        (_failures, _isHopeless) = (0, false);
        Drop();
    }

    private void EndAttempt()
    {
        _attempt!.Dispose();
        (_attempt, _connecting) = (null, null);
    }

    private void Answer()
    {
        if (_connection is not null)
            _tools = _connection.Tools;
        foreach (var asker in _waiting)
            asker.Tell(new Reached(_connection, _tools, _connection is null ? _error : null));
        _waiting.Clear();
    }

    private void Drop()
    {
        if (_connection is not { } connection)
            return;

        _tools = connection.Tools;
        _connection = null;
        _ = DropAsync(Task.FromResult(connection));
    }

    private async Task DropAsync(Task<IToolServerConnection> connecting)
    {
        try
        {
            await (await connecting).DisposeAsync();
        }
        catch (Exception e) when (e is ToolServerException or OperationCanceledException)
        {
            // It was not reached, so there is nothing to end.
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            LogNotEnded(_logger, e.GetType().Name, _spec.Name);
        }
    }

    private static TimeSpan DelayOf(int failures) => TimeSpan.FromTicks(Math.Min(_mostDelay.Ticks, _firstDelay.Ticks << Math.Min(failures - 1, 6)));
}
