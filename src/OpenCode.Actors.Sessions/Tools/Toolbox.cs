using Akka.Actor;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Tools;

/// <summary>The tools of this server, in the order in which models see them. <c>question</c> is not among them: it is state of the session, and runs nowhere.</summary>
internal sealed class Toolbox(IEnumerable<ITool> tools) : IToolbox
{
    private readonly List<ITool> _tools = [.. tools];

    public IReadOnlyList<ToolDefinition> Definitions => _tools.ConvertAll(static tool => tool.Definition);

    public async ValueTask<IReadOnlyList<ToolDefinition>> CompleteAsync(IReadOnlyList<ToolDefinition> tools, ToolOffer offer, CancellationToken cancellationToken)
    {
        var complete = new List<ToolDefinition>(tools.Count);
        foreach (var tool in tools)
            complete.Add(_tools.Find(known => known.Definition.Name == tool.Name) is { } known ? await known.DescribeAsync(offer, cancellationToken) : tool);
        return complete;
    }

    public IReadOnlyList<ToolPermission> NeedsOf(ToolCall call, ToolLocation location) => Find(call)?.NeedsOf(call, location) ?? ToolPermission.Of(call, location);

    public Props? PropsFor(ToolCall call, ToolContext context) => Find(call)?.PropsFor(call, context);

    private ITool? Find(ToolCall call) => _tools.Find(tool => tool.Definition.Name == call.Name);
}
