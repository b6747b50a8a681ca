namespace OpenCode.Actors.Sessions.Commands;

/// <summary>A command or a question to one session, which answers it. It may come at any time: a session that recovers or leaves memory keeps it or hands it back.</summary>
/// <remarks>
/// Each answer leaves with the commit of what it tells. Refusals are in Refusals.cs: any command may get <see cref="Unavailable"/>, any but <see cref="Create"/>
/// <see cref="SessionNotFound"/>, and one that changes something <see cref="StorageFull"/> or <see cref="CommandFailed"/>.
/// </remarks>
internal interface ISessionCommand;
