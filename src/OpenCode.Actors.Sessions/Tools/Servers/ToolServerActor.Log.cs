using Microsoft.Extensions.Logging;

namespace OpenCode.Actors.Sessions.Tools.Servers;

/// <content>Log messages. An error is cleared of secrets where it is made.</content>
internal sealed partial class ToolServerActor
{
    [LoggerMessage(EventId = 6510, Level = LogLevel.Information, Message = "MCP server '{Server}' of {Directory} is connected. Tools: {ToolCount}.")]
    private static partial void LogConnected(ILogger logger, string server, string directory, int toolCount);

    [LoggerMessage(EventId = 6513, Level = LogLevel.Warning, Message = "MCP server '{Server}' of {Directory}: '{Target}' is used since {ProjectFile}, a file of the project, configures it. OPENCODE_DISABLE_PROJECT_CONFIG=1 leaves such files out.")]
    private static partial void LogOfProject(ILogger logger, string server, string directory, string target, string projectFile);

    [LoggerMessage(EventId = 6511, Level = LogLevel.Warning, Message = "MCP server '{Server}' of {Directory} is not connected: {Error} It is tried again in {Delay}.")]
    private static partial void LogFailed(ILogger logger, string server, string directory, string error, TimeSpan delay);

    [LoggerMessage(EventId = 6512, Level = LogLevel.Warning, Message = "The connection to MCP server '{Server}' could not be ended in good order ({Error}).")]
    private static partial void LogNotEnded(ILogger logger, string error, string server);
}
