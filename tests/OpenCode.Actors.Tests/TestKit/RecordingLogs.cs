using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Tests.TestKit;

/// <summary>One log event of a test.</summary>
/// <param name="Level">Its level.</param>
/// <param name="EventId">Its id; 0 for events of Akka.</param>
/// <param name="Message">Its text.</param>
/// <param name="Exception">Its exception, if any.</param>
public sealed record LogRecord(LogLevel Level, int EventId, string Message, Exception? Exception);

/// <summary>Keeps all log events in memory: those of our loggers and the warnings and errors of Akka.</summary>
public sealed class RecordingLogs : ILoggerFactory
{
    private readonly ConcurrentQueue<LogRecord> _records = new();

    /// <summary>Gets the events so far, oldest first.</summary>
    public IReadOnlyCollection<LogRecord> Records => _records;

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Recorder(this);

    /// <summary>Throws: the events stay here.</summary>
    /// <param name="provider">Not used.</param>
    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("The events of a test are read from Records.");

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    /// <summary>Adds an event.</summary>
    internal void Add(LogRecord record) => _records.Enqueue(record);

    private sealed class Recorder(RecordingLogs logs) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            logs.Add(new LogRecord(logLevel, eventId.Id, formatter(state, exception), exception));
    }
}
