using System.Text.RegularExpressions;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Files;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Tools.Paths;

namespace OpenCode.Actors.Server.Commands;

/// <summary>Finds the files and folders, relative to the project, and agents that a filled template names with <c>@</c>.</summary>
/// <remarks>What the rules of <c>read</c> and <c>external_directory</c> do not allow stays text: the model asks for it by its tool.</remarks>
internal sealed partial class CommandFiles(SessionSetup setup)
{
    private const string Read = "read";
    private static readonly TimeSpan _limit = TimeSpan.FromSeconds(5);

    /// <summary>Makes parts of the names, each once.</summary>
    public async Task<IReadOnlyList<PromptPart>> PartsOfAsync(string text, CommandRules rules, LocationAgents agents, CancellationToken cancellationToken)
    {
        var parts = new List<PromptPart>();
        foreach (var name in Names.Matches(text).Select(static match => match.Groups["name"].Value.TrimEnd('.', '!', '?')).Distinct(StringComparer.Ordinal))
        {
            if (await FileAsync(name, rules, cancellationToken) is { } file)
                parts.Add(file);
            else if (agents.Find(name) is not null)
                parts.Add(new AgentPromptPart(name));
        }

        return parts;
    }

    private async Task<PromptPart?> FileAsync(string name, CommandRules rules, CancellationToken cancellationToken)
    {
        if (name.Length == 0)
            return null;

        var named = Path.GetFullPath(name.StartsWith("~/", StringComparison.Ordinal) ? setup.Paths.Home + name[1..] : name, rules.Location.Base);
        var path = new ToolPath(named, setup.Paths.RealPath(named));
        if (rules.Evaluate(PathPermissions.Of(Read, path, rules.Location, ToolPermission.Nothing)) != PermissionAction.Allow)
            return null;

        return await setup.Files.DoAsync((files, _) => files.Look(path.Real), _limit, cancellationToken) switch
        {
            EntryKind.File => Part("text/plain"),
            EntryKind.Folder => Part("application/x-directory"),
            _ => null,
        };

        FilePromptPart Part(string mime) => new(mime, "file://" + string.Join('/', named.Split('/').Select(Uri.EscapeDataString))) { Filename = name };
    }

    [GeneratedRegex("""(?<![\w`@])@(?<name>[^\s`,;:()\[\]{}"'@\0]+)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Names { get; }
}
