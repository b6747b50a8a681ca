namespace OpenCode.Actors;

/// <summary>The end of a watched actor. Comes after every message the actor had sent to the watcher.</summary>
/// <param name="Actor">Who ended.</param>
/// <param name="ExistenceConfirmed">False when it was already dead, or never there, at the time of the watch.</param>
/// <param name="AddressTerminated">True when its node was declared dead.</param>
public sealed record Terminated(IActorRef Actor, bool ExistenceConfirmed, bool AddressTerminated);
