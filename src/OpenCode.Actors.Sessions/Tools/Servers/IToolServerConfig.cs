namespace OpenCode.Actors.Sessions.Tools.Servers;

/// <summary>The MCP servers that locations configure.</summary>
internal interface IToolServerConfig
{
    /// <summary>Gives those of a location, those that are switched off too; none where its configuration has mistakes.</summary>
    IReadOnlyList<ToolServerSpec> For(string directory);
}
