namespace OpenCode.Actors.Sessions.Tools.Servers;

/// <summary>The MCP servers that locations configure.</summary>
internal interface IToolServerConfig
{
    /// <summary>Returns the servers of a location, including those that are switched off; none if its configuration has mistakes.</summary>
    IReadOnlyList<ToolServerSpec> For(string directory);
}
