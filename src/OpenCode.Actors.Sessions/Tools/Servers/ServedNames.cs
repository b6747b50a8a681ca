namespace OpenCode.Actors.Sessions.Tools.Servers;

/// <summary>The names of the tools of MCP servers: <c>SERVER_TOOL</c>, of the letters that providers take.</summary>
internal static class ServedNames
{
    private const int Longest = 64; // OpenAI refuses a request that offers a longer one, with all else in it.

    // They are permissions of other kinds. A tool of such a name would be granted what it is not.
    private static readonly string[] _taken = ["external_directory", "doom_loop"];

    /// <summary>Returns the name of a tool.</summary>
    public static string Of(string server, string tool) => PrefixOf(server) + Plain(tool);

    /// <summary>Returns the prefix of the names of a server's tools.</summary>
    public static string PrefixOf(string server) => Plain(server) + "_";

    /// <summary>True if a tool may have a name.</summary>
    public static bool IsFree(string name) => name.Length <= Longest && !_taken.Contains(name, StringComparer.Ordinal);

    /// <summary>Returns a name in the signs that are taken.</summary>
    public static string Plain(string name) => string.Concat(name.Select(static sign => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '_' ? sign : '_'));
}
