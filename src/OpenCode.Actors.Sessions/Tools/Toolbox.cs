using Akka.Actor;
using OpenCode.Actors.Sessions.Models;
using OpenCode.Actors.Sessions.Permissions;

namespace OpenCode.Actors.Sessions.Tools;

/// <summary>The tools of this server, in the order in which models see them. <c>question</c> is not among them: it is state of the session, and has no actor.</summary>
/// <param name="tools">Those of every location.</param>
/// <param name="ofLocation">Those of some locations; null where there can be none.</param>
internal sealed class Toolbox(IEnumerable<ITool> tools, ILocationTools? ofLocation = null) : IToolbox
{
    private readonly List<ITool> _tools = [.. tools];

    public IReadOnlyList<ToolDefinition> Definitions => _tools.ConvertAll(static tool => tool.Definition);

    public IReadOnlyList<string> PrefixesOf(string directory) => ofLocation?.PrefixesOf(directory) ?? [];

    public bool Has(IReadOnlyList<string> prefixes, string name) => Find(name) is not null || ofLocation?.MayHave(prefixes, name) == true;

    public bool MayChangeFiles(string name) => Find(name)?.ChangesFiles != false;

    public async ValueTask<IReadOnlyList<ToolDefinition>> CompleteAsync(IReadOnlyList<ToolDefinition> tools, ToolScope scope, CancellationToken cancellationToken)
    {
        var complete = new List<ToolDefinition>(tools.Count);
        foreach (var tool in tools)
            complete.Add(Find(tool.Name) is { } known ? await known.DescribeAsync(scope, cancellationToken) : tool);
        if (ofLocation is not null)
            complete.AddRange((await ofLocation.ListAsync(scope.Directory, cancellationToken)).Where(tool => Find(tool.Name) is null && scope.Has(tool.Name)));
        return complete;
    }

    public IReadOnlyList<ToolPermission> NeedsOf(ToolCall call, ToolLocation location) => Find(call.Name)?.NeedsOf(call, location) ?? ToolPermission.Of(call, location);

    public Props? PropsFor(ToolCall call, ToolContext context) => Find(call.Name) is { } tool ? tool.PropsFor(call, context)
        : ofLocation?.MayHave(PrefixesOf(context.Directory), call.Name) == true ? ofLocation.PropsFor(call, context)
        : null;

    private ITool? Find(string name) => _tools.Find(tool => tool.Definition.Name == name);
}
