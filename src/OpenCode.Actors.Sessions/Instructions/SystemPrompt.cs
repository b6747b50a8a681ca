using System.Globalization;
using System.Text;

namespace OpenCode.Actors.Sessions.Instructions;

/// <summary>The parts of a system prompt, and its text.</summary>
/// <param name="PromptContext">What the session knows.</param>
/// <param name="Worktree">The root of the git worktree that the location is in; null when it is in none.</param>
/// <param name="Platform">The operating system.</param>
/// <param name="Today">The date.</param>
/// <param name="Tree">The drawn project; empty when there is nothing.</param>
/// <param name="Instructions">In the order in which the model reads them.</param>
internal sealed record SystemPrompt(PromptContext PromptContext, string? Worktree, string Platform, DateOnly Today, string Tree, IReadOnlyList<Instruction> Instructions)
{
    /// <summary>Writes it: what changes least is first, so that providers find its beginning in their caches.</summary>
    /// <param name="ofPrompt">What the user's prompt adds to it; null for nothing.</param>
    public string Write(string? ofPrompt)
    {
        var text = new StringBuilder(PromptContext.AgentPrompt ?? GeneralPrompt.Text).Append(CultureInfo.InvariantCulture, $"""


            # Environment
            Working directory: {PromptContext.Directory}
            {(Worktree is null ? "It is in no git repository." : $"Root of the git worktree: {Worktree}")}
            Platform: {Platform}
            Today: {Today:yyyy-MM-dd}
            You are the model {PromptContext.Model}.

            """);
        if (Tree.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"\nThe project when this session was first worked on here, in short (what git ignores is left out):\n<tree>\n{Tree}</tree>\n");
        foreach (var instruction in Instructions)
            text.Append(instruction.Told);
        if (!string.IsNullOrEmpty(ofPrompt))
            text.Append('\n').Append(ofPrompt).Append('\n');
        return text.ToString();
    }
}
