namespace OpenCode.Actors.Sessions.Commands;

/// <summary>A <see cref="Named"/> whose command is too large for a message between nodes: the database holds it.</summary>
/// <param name="Name">The name of the command, as in <see cref="Named"/>.</param>
/// <param name="Key">Where the command is. It stays there until its effect is committed, or for 15 minutes.</param>
internal sealed record NamedByReference(string Name, string Key) : ISessionCommand;
