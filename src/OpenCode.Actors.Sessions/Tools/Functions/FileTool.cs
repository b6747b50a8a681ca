using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Tools.Functions;

/// <summary>A tool whose function works with files, where blocking is allowed.</summary>
/// <param name="work">Where it runs.</param>
/// <param name="paths">Resolves paths.</param>
internal abstract class FileTool(IFileWork work, IPathFacts paths) : FunctionTool
{
    // A mount that hangs, or a tree of millions of files: the call ends, and the turn continues.
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    public sealed override Task<ToolOutcome> RunAsync(ToolCall call, ToolContext context, CancellationToken cancellationToken) =>
        work.DoAsync((_, stopped) => RunChecked(call, context, stopped), _limit, cancellationToken);

    /// <summary>Does the work of a call. May block.</summary>
    /// <exception cref="ToolRefusedException">It cannot be done.</exception>
    protected abstract ToolOutcome Run(ToolInput input, ToolContext context, ToolLocation location, CancellationToken cancellationToken);

    // Paths are judged when the call is decided, and again here: a link that was changed between the two leads nowhere else.
    private ToolOutcome RunChecked(ToolCall call, ToolContext context, CancellationToken cancellationToken)
    {
        var location = new ToolLocation(context.Directory, context.Root, paths);
        var input = InputOf(call);
        if (Needs(input, location).Select(static need => need.Key).Except(context.Allowed.Select(static need => need.Key), StringComparer.Ordinal).Any())
            throw new ToolRefusedException("The path leads elsewhere than when this call was allowed. Nothing was done. Call it again if that is still wanted.");

        return Run(input, context, location, cancellationToken);
    }
}
