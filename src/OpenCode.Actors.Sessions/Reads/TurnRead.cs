namespace OpenCode.Actors.Sessions.Reads;

/// <summary>A turn as it was read.</summary>
/// <param name="End">Its end as of <see cref="Reading.EndOf"/>; null while it is open.</param>
/// <param name="Head">The log holds all that was read up to here. The end of an open turn is an event after it.</param>
internal sealed record TurnRead(object? End, long Head);
