namespace OpenCode.Actors.Sessions.Reads;

/// <summary>A turn is open.</summary>
/// <param name="Head">The log holds all that was read up to here. The end of the turn is an event after it.</param>
internal sealed record TurnOpen(long Head);
