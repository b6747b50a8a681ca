namespace OpenCode.Actors.Mailboxes;

/// <summary>A message under way, with who sent it.</summary>
internal readonly record struct Envelope(object Message, IActorRef? Sender);
