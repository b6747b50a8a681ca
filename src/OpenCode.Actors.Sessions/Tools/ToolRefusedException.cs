namespace OpenCode.Actors.Sessions.Tools;

/// <summary>A tool cannot do what it is asked. The message is for the model: what happened, and what to do instead.</summary>
internal sealed class ToolRefusedException(string message, Exception? inner = null) : Exception(message, inner);
