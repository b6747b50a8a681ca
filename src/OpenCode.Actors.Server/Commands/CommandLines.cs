using System.Text;
using OpenCode.Actors.Protocol.Permissions;
using OpenCode.Actors.Sessions.Commands;
using OpenCode.Actors.Sessions.Permissions;
using OpenCode.Actors.Sessions.Tools;
using OpenCode.Actors.Sessions.Tools.Outputs;

namespace OpenCode.Actors.Server.Commands;

/// <summary>Runs the shell lines of a template, when the rules of <c>bash</c> allow each of their commands (rule "Template lines are judged").</summary>
/// <remarks>There is no turn yet that could wait for an answer, so what would be asked for is refused too.</remarks>
internal sealed class CommandLines(IProcessHost processes, TimeProvider time)
{
    private static readonly TimeSpan _limit = TimeSpan.FromMinutes(1);

    /// <summary>Finds the reason to refuse a line; null when it may run.</summary>
    public static PromptRejected? Refusal(string line, CommandRules rules) => rules.Evaluate(CommandPermissions.Of(line, null, rules.Location)) switch
    {
        PermissionAction.Allow => null,
        PermissionAction.Deny => new PromptRejected($"command: a permission rule forbids '{line}', which the template runs. Nothing was done: change the rule, or take the line out of the template."),
        _ => new PromptRejected($"command: the permission rules ask about '{line}', which the template runs, and before the turn begins nothing can be asked. Nothing was done: allow it in permission.bash, or take it out of the template."),
    };

    /// <summary>Runs a line and returns its output, or a <see cref="PromptRejected"/>.</summary>
    public async Task<object> RunAsync(string line, CommandRules rules, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_limit, time);
        using var given = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await using var process = await processes.StartAsync(new ToolProcessSpec(line, rules.Info.Directory, rules.Info.Id.Value), given.Token);
            var output = ReadAsync(process, OutputPipe.Out, given.Token);
            var errors = ReadAsync(process, OutputPipe.Error, given.Token);
            var code = await process.ExitCode.WaitAsync(given.Token);
            process.Kill(); // what it left in the background would hold the outputs open
            return Render(await output, await errors, code);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new PromptRejected($"command: '{line}', which the template runs, had not ended after {_limit.TotalSeconds:0} s and was stopped. Write a line that ends sooner, or let the prompt run it.");
        }
        catch (ToolProcessException e)
        {
            return new PromptRejected($"command: '{line}', which the template runs, could not be started. {e.Message}");
        }
    }

    private static string Render(string output, string errors, int code) =>
        code == 0 ? output.TrimEnd('\n') : $"{output}(This command ended with exit code {code}. {errors.Trim()})";

    private static async Task<string> ReadAsync(IToolProcess process, OutputPipe pipe, CancellationToken cancellationToken)
    {
        var kept = new TailText();
        var decoder = Encoding.UTF8.GetDecoder();
        var characters = new char[Encoding.UTF8.GetMaxCharCount(64 * 1024)];
        while (await process.ReadAsync(pipe, cancellationToken) is { IsEmpty: false } bytes)
        {
            for (var at = 0; at < bytes.Length; at += 64 * 1024)
                kept.Append(characters.AsSpan(0, decoder.GetChars(bytes.Span[at..Math.Min(bytes.Length, at + (64 * 1024))], characters, flush: false)));
        }

        var text = kept.Take();
        return kept.IsCut ? "(The start of this output is left out.)\n" + text : text;
    }
}
