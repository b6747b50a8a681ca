namespace OpenCode.Actors.Sessions.Reads;

/// <summary>A command that changes nothing: answered from the committed state, by the session's actor or by any node from the rows (RULES G5).</summary>
internal interface ISessionRead : ISessionCommand;
