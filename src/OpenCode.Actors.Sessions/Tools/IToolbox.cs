using System.Text.Json;
using Akka.Actor;
using OpenCode.Actors.Protocol.Ids;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Tools;

/// <summary>The tools a run can start.</summary>
internal interface IToolbox
{
    /// <summary>Gets the descriptions of those that every location has.</summary>
    IReadOnlyList<ToolDefinition> Definitions { get; }

    /// <summary>Gets what the names of the tools begin with that only a location has.</summary>
    IReadOnlyList<string> PrefixesOf(string directory) => [];

    /// <summary>True if there is a tool, as far as it is known now, where those of the location begin so.</summary>
    bool Has(IReadOnlyList<string> prefixes, string name) => Definitions.Any(tool => tool.Name == name);

    /// <summary>True if calls of a tool may change files of the worktree. What is not known may.</summary>
    bool MayChangeFiles(string name) => true;

    /// <summary>Describes tools as they are in a location, and adds those that only the location has.</summary>
    /// <param name="tools">Those of every location that are offered.</param>
    /// <param name="scope">The location, and the rules that hold there.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<ToolDefinition>> CompleteAsync(IReadOnlyList<ToolDefinition> tools, ToolScope scope, CancellationToken cancellationToken) => new(tools);

    /// <summary>Returns the permissions that a call needs, in the order of their requests.</summary>
    /// <param name="call">The call; its input is an object.</param>
    /// <param name="location">Where it would run.</param>
    IReadOnlyList<ToolPermission> NeedsOf(ToolCall call, ToolLocation location) => ToolPermission.Of(call, location);

    /// <summary>Makes the actor of one call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="context">Where it runs.</param>
    /// <returns>The actor, whose parent gets its <see cref="ToolReport"/>s; null when there is no such tool.</returns>
    Props? PropsFor(ToolCall call, ToolContext context);
}

/// <summary>The context in which a tool runs.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="Directory">Its location.</param>
/// <param name="CallId">The call.</param>
/// <param name="IsUsers">Whether the user typed it (<c>/shell</c>, the task of a prompt): it has no deadline then, since the user watches and can abort it.</param>
internal sealed record ToolContext(SessionId SessionId, string Directory, string CallId, bool IsUsers = false)
{
    /// <summary>Gets the root of the project that the location belongs to.</summary>
    public string Root { get; init; } = Directory;

    /// <summary>Gets what was allowed. A tool that finds that it needs something else by now, since a link was changed meanwhile, refuses to run.</summary>
    public IReadOnlyList<ToolPermission> Allowed { get; init; } = [];

    /// <summary>Gets the rules that hold in the session.</summary>
    public RulesInForce Rules { get; init; } = RulesInForce.None;

    /// <summary>Gets the to-do list of the session.</summary>
    public IReadOnlyList<Todo> Todos { get; init; } = [];

    /// <summary>Gets the part of the call.</summary>
    public PartId? Part { get; init; }

    /// <summary>Gets the metadata that the call had when the server of before ended, and goes on with; null for a new call.</summary>
    public JsonElement? Left { get; init; }

    /// <summary>Gets the model that called; null when none did.</summary>
    public ModelRef? Model { get; init; }
}
