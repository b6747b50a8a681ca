using OpenCode.Actors.Journal;
using OpenCode.Actors.Journal.Nodes;

namespace OpenCode.Actors.Tests.Journal.Memory;

/// <summary>What the store knows of the connection of one node that holds its lock. Not thread-safe: <see cref="MemoryArbiterDatabase"/> guards it.</summary>
internal sealed class MemoryLink
{
    /// <summary>How long the store waits for a node that says nothing before it takes its connection for ended.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    /// <summary>Gets or sets since when nothing is heard of the node; null while it is heard of.</summary>
    public DateTimeOffset? SilentSince { get; set; }

    /// <summary>Gets or sets a value indicating whether the node ended the connection, or ended itself.</summary>
    public bool IsEnded { get; set; }

    public bool IsAlive(DateTimeOffset now) => !IsEnded && !(now - SilentSince >= Silence);
}
