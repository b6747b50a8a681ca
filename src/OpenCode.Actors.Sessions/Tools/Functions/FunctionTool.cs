using Akka.Actor;
using OpenCode.Actors.Sessions.Actors;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Tools.Functions;

/// <summary>A tool that is a function: it returns one outcome, and starts nothing that could outlive it.</summary>
internal abstract class FunctionTool : ITool
{
    /// <inheritdoc/>
    public abstract ToolDefinition Definition { get; }

    /// <inheritdoc/>
    public abstract bool ChangesFiles { get; }

    /// <inheritdoc/>
    public virtual ValueTask<ToolDefinition> DescribeAsync(ToolScope scope, CancellationToken cancellationToken) => new(Definition);

    /// <inheritdoc/>
    public IReadOnlyList<ToolPermission> NeedsOf(ToolCall call, ToolLocation location)
    {
        try
        {
            return Needs(InputOf(call), location);
        }
        catch (ToolRefusedException)
        {
            return ToolPermission.Of(call, location); // The call ends with this mistake when it runs.
        }
    }

    /// <inheritdoc/>
    public Props PropsFor(ToolCall call, ToolContext context) =>
        Props.CreateBy(new ActorProducer<FunctionToolActor>(() => new FunctionToolActor(call.CallId, cancellationToken => RunAsync(call, context, cancellationToken))));

    /// <summary>Does the work of a call.</summary>
    /// <exception cref="ToolRefusedException">It cannot be done.</exception>
    public abstract Task<ToolOutcome> RunAsync(ToolCall call, ToolContext context, CancellationToken cancellationToken);

    /// <summary>Returns the permissions that an input needs.</summary>
    /// <exception cref="ToolRefusedException">The input is not as the definition says.</exception>
    protected abstract IReadOnlyList<ToolPermission> Needs(ToolInput input, ToolLocation location);

    /// <summary>Returns the input of a call.</summary>
    protected ToolInput InputOf(ToolCall call) => new(Definition.Name, call.Input);
}
