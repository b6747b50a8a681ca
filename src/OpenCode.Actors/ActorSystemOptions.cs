using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpenCode.Actors.Doors;

namespace OpenCode.Actors;

/// <summary>The doors of a system, and its limits.</summary>
public sealed class ActorSystemOptions
{
    /// <summary>Gets or sets where actors run that name no dispatcher; the pool by default.</summary>
    public IDispatcher Dispatcher { get; set; } = PoolDispatcher.Instance;

    /// <summary>Gets the dispatchers that props may name, beside <c>pool</c>, <c>pinned</c> and <c>blocking</c>, or instead of them.</summary>
    public IDictionary<string, IDispatcher> Dispatchers { get; } = new Dictionary<string, IDispatcher>(StringComparer.Ordinal);

    /// <summary>Gets or sets how many threads the <c>blocking</c> dispatcher has at most.</summary>
    /// <value>1 or more; 8 by default.</value>
    public int BlockingThreads { get; set; } = 8;

    /// <summary>Gets or sets the clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Gets or sets the randomness.</summary>
    public IEntropy Entropy { get; set; } = SystemEntropy.Instance;

    /// <summary>Gets or sets where logs go; nowhere by default.</summary>
    public ILoggerFactory LoggerFactory { get; set; } = NullLoggerFactory.Instance;

    /// <summary>Gets or sets where metrics are made; a meter of the system's own when null.</summary>
    public IMeterFactory? Meters { get; set; }

    /// <summary>Gets or sets how long an async handler or hook may take to end after its incarnation was cancelled. Then it is given up as a zombie.</summary>
    /// <value>Greater than zero; 2 s by default.</value>
    public TimeSpan StopGrace { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets or sets how long the coordinated shutdown may take in all; a phase gets what is left.</summary>
    /// <value>Greater than zero; 5 s by default.</value>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
