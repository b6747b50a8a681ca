using System.Collections.Frozen;

namespace OpenCode.Actors.Server.Endpoints.Tui;

/// <summary>The commands of the TUI by their older names, which editors send, and by their own.</summary>
internal static class TuiCommands
{
    private static readonly FrozenDictionary<string, string> _byOlderName = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["session_new"] = "session.new",
        ["session_share"] = "session.share",
        ["session_interrupt"] = "session.interrupt",
        ["session_compact"] = "session.compact",
        ["messages_page_up"] = "session.page.up",
        ["messages_page_down"] = "session.page.down",
        ["messages_line_up"] = "session.line.up",
        ["messages_line_down"] = "session.line.down",
        ["messages_half_page_up"] = "session.half.page.up",
        ["messages_half_page_down"] = "session.half.page.down",
        ["messages_first"] = "session.first",
        ["messages_last"] = "session.last",
        ["agent_cycle"] = "agent.cycle",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Finds the command of a name. A name with a dot passes unchanged: the TUI knows more of its commands than the server.</summary>
    public static string? Find(string name) => _byOlderName.GetValueOrDefault(name) ?? (name.Contains('.', StringComparison.Ordinal) ? name : null);
}
