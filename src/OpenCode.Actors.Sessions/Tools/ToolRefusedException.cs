namespace OpenCode.Actors.Sessions.Tools;

/// <summary>A tool cannot do its call. The message is for the model: what happened, and what to do instead.</summary>
internal sealed class ToolRefusedException(string message, Exception? inner = null) : Exception(message, inner);
