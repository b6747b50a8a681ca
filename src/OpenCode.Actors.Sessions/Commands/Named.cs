namespace OpenCode.Actors.Sessions.Commands;

/// <summary>A command that changes something, with a name: it is executed once, or refused once, however often it is sent (rule "Named commands").</summary>
/// <param name="Name">1 to 100 characters, the same in each copy.</param>
/// <param name="Command">The command.</param>
internal sealed record Named(string Name, ISessionCommand Command) : ISessionCommand;
