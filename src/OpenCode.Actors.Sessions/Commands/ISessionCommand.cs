namespace OpenCode.Actors.Sessions.Commands;

/// <summary>A command or query to one session, which answers it. It may come at any time: a session that recovers defers it, one that leaves memory returns it to the region.</summary>
/// <remarks>
/// Each answer leaves with the commit of its events. Refusals are in Refusals.cs: any command may get <see cref="Unavailable"/>, any but <see cref="Create"/>
/// <see cref="SessionNotFound"/>, and one that changes something <see cref="StorageFull"/> or <see cref="CommandFailed"/>.
/// </remarks>
internal interface ISessionCommand;
