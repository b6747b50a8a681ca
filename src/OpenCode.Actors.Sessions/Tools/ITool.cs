using Akka.Actor;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Tools;

/// <summary>One tool. Each has a folder of its own, and <see cref="Toolbox"/> lists them.</summary>
internal interface ITool
{
    /// <summary>Gets the definition that a model reads.</summary>
    ToolDefinition Definition { get; }

    /// <summary>Gets a value indicating whether a call may change files of the worktree.</summary>
    bool ChangesFiles { get; }

    /// <summary>Returns the definition for a model of one location, where that says more.</summary>
    ValueTask<ToolDefinition> DescribeAsync(ToolScope scope, CancellationToken cancellationToken) => new(Definition);

    /// <summary>Returns the permissions that a call needs, in the order of their requests. Pure except that it resolves paths, and that the metadata of a change reads the file.</summary>
    /// <param name="call">The call; its input is an object, and may break the schema.</param>
    /// <param name="location">Where it would run.</param>
    IReadOnlyList<ToolPermission> NeedsOf(ToolCall call, ToolLocation location);

    /// <summary>Makes the actor of one call, whose parent gets its <see cref="ToolReport"/>s.</summary>
    Props PropsFor(ToolCall call, ToolContext context);
}
