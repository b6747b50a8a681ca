namespace OpenCode.Actors.Sessions.Commands;

/// <summary>A command that changes nothing: answered from the committed state, by the session's actor or by any node from the rows (rule "Reads come from the database").</summary>
internal interface ISessionRead : ISessionCommand;
