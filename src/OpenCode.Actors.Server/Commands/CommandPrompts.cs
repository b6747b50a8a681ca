using System.Text;
using OpenCode.Actors.Protocol.Models;
using OpenCode.Actors.Protocol.Requests;
using OpenCode.Actors.Protocol.Sessions;
using OpenCode.Actors.Server.Config;
using OpenCode.Actors.Server.Models;
using OpenCode.Actors.Sessions.Agents;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Setup;
using OpenCode.Actors.Sessions.Skills;
using OpenCode.Actors.Sessions.Tools.Servers;

namespace OpenCode.Actors.Server.Commands;

/// <summary>Makes the prompt of a user's command.</summary>
internal sealed class CommandPrompts(ConfigCatalog configs, ConfiguredAgents agents, ISkillCatalog skills, SessionSetup setup, CommandLines lines, CommandFiles files, ServedCommands served)
{
    /// <summary>Makes the prompt, or a <see cref="PromptRejected"/>. Shell lines run only when all of them may.</summary>
    public async Task<object> MakeAsync(Session info, RunCommand request, CancellationToken cancellationToken)
    {
        EffectiveConfig config;
        try
        {
            config = configs.For(info.Directory);
        }
        catch (ConfigException e)
        {
            return new PromptRejected(e.Message);
        }

        var known = BuiltInCommands.With(config.Values, skills.For(info.Directory));
        ServedResult? made = null;
        if (known.FirstOrDefault(command => command.Name == request.Command) is not { } found)
        {
            switch (await served.MakeAsync(info.Directory, request, cancellationToken))
            {
                case ServedResult result:
                    (made, found) = (result, new CommandConfig(request.Command, ""));
                    break;
                case { } refusal:
                    return refusal;
                default:
                    return new PromptRejected($"command: there is no command '{request.Command}' here; give one of {string.Join(", ", known.Select(static command => command.Name))}.");
            }
        }

        if (!ModelRef.TryParse(request.Model, out var asked) && request.Model is { Length: > 0 })
            return new PromptRejected($"model: '{request.Model}' names no model; give provider/model.");

        var here = agents.Of(config);
        var name = found.Agent ?? request.Agent ?? here.Default;
        if (here.Fault is { } fault)
            return new PromptRejected(fault);
        if (here.Find(name) is not { } agent)
            return new PromptRejected($"agent: there is no agent '{name}' here; give one of {string.Join(", ", here.All.Select(static one => one.Name))}, or none for {here.Default}.");
        var isSubtask = found.Subtask == true || (found.Subtask is null && agent.Mode == AgentMode.Subagent);

        // What an MCP server wrote is text: a line in it does not run (rule "Template lines are judged"), and it names no files.
        var pieces = made is null ? CommandTemplate.Fill(found.Template, request.Arguments) : [new TemplatePiece(made.Text, IsLine: false)];
        var rules = new CommandRules(info, agent, setup);
        if (pieces.Where(static piece => piece.IsLine).Select(piece => CommandLines.Refusal(piece.Text, rules)).FirstOrDefault(static refusal => refusal is not null) is { } refused)
            return refused;

        var text = new StringBuilder();
        foreach (var piece in pieces)
        {
            if (!piece.IsLine)
                text.Append(piece.Text);
            else if (await lines.RunAsync(piece.Text, rules, cancellationToken) is var told && told is string output)
                text.Append(output);
            else
                return told;
        }

        if (isSubtask && made is { Files.Count: > 0 })
            return new PromptRejected($"agent: '{name}' is a subagent, whose task is text, and the prompt '{request.Command}' of the MCP server has files. Nothing was done; give an agent that is no subagent, or none.");
        if (isSubtask)
            return TaskOf(found, request, text.ToString().Trim(), agent, asked);

        // What a shell line wrote names no files.
        var written = made is not null ? request.Arguments : string.Join('\n', pieces.Where(static piece => !piece.IsLine).Select(static piece => piece.Text));
        return new Prompt([new TextPromptPart(text.ToString().Trim()), .. await files.PartsOfAsync(written, rules, here, cancellationToken), .. PartsOf(made), .. request.Parts ?? []])
        {
            MessageId = request.MessageId,
            Agent = name,
            Model = found.Model is null && found.Agent is not null && agent.Model is not null ? null : found.Model ?? asked,
            Variant = found.Variant ?? request.Variant,
        };
    }

    private static IEnumerable<PromptPart> PartsOf(ServedResult? made) => (made?.Files ?? []).Select(static file => new FilePromptPart(file.MimeType, file.Url) { Filename = file.Filename });

    // The prompt is the session's own; the command's agent and model are the child's. What @ names, the child reads by its tools.
    private static object TaskOf(CommandConfig command, RunCommand request, string prompt, Agent agent, ModelRef? asked)
    {
        if (prompt.Length == 0)
            return new PromptRejected($"command: the template of '{command.Name}' is empty, and a task needs a prompt: write one into the template.");

        var childs = command.Model ?? agent.Model ?? asked;
        var task = new SubtaskPromptPart(prompt, command.Description ?? "", agent.Name) { Command = command.Name, Model = childs is null ? null : childs with { Variant = command.Variant ?? childs.Variant } };
        return new Prompt([task]) { MessageId = request.MessageId, Agent = request.Agent, Model = asked, Variant = request.Variant };
    }
}
